#include "folder.h"
#include "support.h"

static const char *folder;

static void the_extension_decides_in_any_case(void)
{
    static const struct { const char *name; DIO_ImageFileFormat format; } files[] = {
        { "a.jpg", DIO_IFF_JPEG }, { "b.JPEG", DIO_IFF_JPEG }, { "c.Png", DIO_IFF_PNG },  { "d.bmp", DIO_IFF_BMP },
        { "e.gif", DIO_IFF_GIF },  { "f.TIF", DIO_IFF_TIFF },  { "g.tiff", DIO_IFF_TIFF }, { "h.pdf", DIO_IFF_PDF },
        { "i.tga", DIO_IFF_TGA },  { "j.qoi", DIO_IFF_QOI },   { "k.ppm", DIO_IFF_PNM },
    };
    DIO_ImageData *image = make_colour(9, 7);
    for (size_t at = 0; at < sizeof files / sizeof files[0]; at++) {
        const char *path = in_folder(folder, files[at].name);
        DIO_ImageData *back = NULL;
        OK(DIO_SaveToFile(image, path, 0));
        OK(DIO_ReadFromFile(path, &back));
        CHECK(DIO_ImageDataGetFileFormat(back) == files[at].format);
        DIO_FreeImageData(back);
        unlink(path);
    }
    CHECK(count_entries(folder) == 0);
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "\"docx\"", DIO_SaveToFile(image, in_folder(folder, "a.docx"), 1));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "extension", DIO_SaveToFile(image, in_folder(folder, "a"), 1));
    CHECK(count_entries(folder) == 0);
    DIO_FreeImageData(image);
}

static void an_option_goes_before_the_extension(void)
{
    DIO_ImageData *image = make_colour(4, 4), *back = NULL;
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    const char *path = in_folder(folder, "a.dat");
    options.format = DIO_IFF_BMP;
    OK(DIO_SaveToFileWithOptions(image, path, 0, &options));
    OK(DIO_ReadFromFile(path, &back));
    CHECK(DIO_ImageDataGetFileFormat(back) == DIO_IFF_BMP);
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
    unlink(path);
}

static void an_existing_file_is_replaced_only_when_asked(void)
{
    DIO_ImageData *image = make_colour(4, 4), *back = NULL;
    const char *path = in_folder(folder, "old.png");
    char old[8];
    write_file(path, "precious", 8);
    FAILS(DIO_EC_FILE_ALREADY_EXISTS, "old.png", DIO_SaveToFile(image, path, 0));
    CHECK(read_file(path, old, 8) == 8 && memcmp(old, "precious", 8) == 0);
    OK(DIO_SaveToFile(image, path, 1));
    OK(DIO_ReadFromFile(path, &back));
    CHECK(count_entries(folder) == 1);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`overwrite` is 2", DIO_SaveToFile(image, path, 2));
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
    unlink(path);
}

static int32_t stop(void *user, uint64_t done, uint64_t total)
{
    (void)total;
    return done >= *(uint64_t *)user;
}

static void a_cancelled_save_leaves_the_old_file_and_no_debris(void)
{
    static const char *names[] = { "a.png", "a.jpg", "a.bmp", "a.tif", "a.gif", "a.pdf" };
    DIO_ImageData *image = make_colour(200, 300);
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        const char *path = in_folder(folder, names[at]);
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        uint64_t after = 100;
        char old[3];
        write_file(path, "old", 3);
        options.progress = stop;
        options.progress_user = &after;
        FAILS(DIO_EC_CANCELLED, names[at], DIO_SaveToFileWithOptions(image, path, 1, &options));
        CHECK(read_file(path, old, 3) == 3 && memcmp(old, "old", 3) == 0);
        CHECK(count_entries(folder) == 1);
        unlink(path);
    }
    DIO_FreeImageData(image);
}

static void places_that_cannot_be_written_are_named(void)
{
    DIO_ImageData *image = make_colour(4, 4);
    const char *path = in_folder(folder, "readonly.png");
    FAILS(DIO_EC_CREATE_FILE_FAILED, "missing/a.png", DIO_SaveToFile(image, in_folder(folder, "missing/a.png"), 1));
    OK(DIO_SaveToFile(image, path, 0));
    CHECK(chmod(path, 0444) == 0);
    FAILS(DIO_EC_CREATE_FILE_FAILED, "read-only", DIO_SaveToFile(image, path, 1));
    unlink(path);
    CHECK(mkdir(in_folder(folder, "dir.png"), 0777) == 0);
    FAILS(DIO_EC_CREATE_FILE_FAILED, "is a directory", DIO_SaveToFile(image, in_folder(folder, "dir.png"), 1));
    rmdir(in_folder(folder, "dir.png"));
    /* A folder that takes no new files, also from root. */
    FAILS(DIO_EC_CREATE_FILE_FAILED, "/proc/a.png", DIO_SaveToFile(image, "/proc/a.png", 1));
    DIO_FreeImageData(image);
}

static void null_arguments_are_named(void)
{
    DIO_ImageData *image = make_colour(2, 2);
    uint8_t *bytes = NULL;
    size_t size = 7;
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_SaveToFile(NULL, "a.png", 1));
    FAILS(DIO_EC_NULL_POINTER, "`path`", DIO_SaveToFile(image, NULL, 1));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_SaveToMemory(NULL, DIO_IFF_PNG, &bytes, &size));
    FAILS(DIO_EC_NULL_POINTER, "`bytes`", DIO_SaveToMemory(image, DIO_IFF_PNG, NULL, &size));
    FAILS(DIO_EC_NULL_POINTER, "`size`", DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is -1", DIO_SaveToMemory(image, DIO_IFF_AUTO, &bytes, &size));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "AVIF", DIO_SaveToMemory(image, DIO_IFF_AVIF, &bytes, &size));
    CHECK(bytes == NULL && size == 7);
    DIO_FreeImageData(image);
}

static void save_options_are_checked(void)
{
    DIO_ImageData *image = make_colour(2, 2);
    uint8_t *bytes = NULL;
    size_t size = 0;
    DIO_SaveOptions good = DIO_SAVE_OPTIONS_INIT, o;
#define REFUSED(code, words, format) FAILS(code, words, DIO_SaveToMemoryWithOptions(image, format, &o, &bytes, &size))
    o = good, o.quality = 0;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "quality is 0", DIO_IFF_JPEG);
    o = good, o.quality = 1000;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "quality is 1000", DIO_IFF_JPEG);
    o = good, o.threads = 257;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "threads is 257", DIO_IFF_PNG);
    o = good, o.level = 10;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "level is 10", DIO_IFF_PNG);
    o = good, o.subsampling = 3;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->subsampling` is 3", DIO_IFF_JPEG);
    o = good, o.progressive = 2;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->progressive` is 2", DIO_IFF_JPEG);
    o = good, o.optimize = 2;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->optimize` is 2", DIO_IFF_JPEG);
    o = good, o.compression = 2;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->compression` is 2", DIO_IFF_TIFF);
    o = good, o.background = 0x1000000;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->background", DIO_IFF_BMP);
    o = good, o.dpi_x = -1;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "dpi_x is -1", DIO_IFF_BMP);
    o = good, o.exif = 2;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->exif` is 2", DIO_IFF_PNG);
    o = good, o.format = DIO_IFF_PNG;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->format", DIO_IFF_BMP);
    o = good, o.tile_width = 20, o.tile_height = 16;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "20 x 16", DIO_IFF_TIFF);
    CHECK(bytes == NULL && size == 0);
    DIO_FreeImageData(image);
}

static void options_change_the_file(void)
{
    DIO_ImageData *image = make_image(40, 40, DIO_IPF_BGR_888), *bits = make_image(40, 40, DIO_IPF_BINARY);
    DIO_SaveOptions o = DIO_SAVE_OPTIONS_INIT;
    static const DIO_Compression compressions[] = { DIO_COMPRESSION_NONE, DIO_COMPRESSION_LZW,
                                                    DIO_COMPRESSION_DEFLATE, DIO_COMPRESSION_PACKBITS };
    for (size_t at = 0; at < 5; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageInfo info;
        o.compression = at < 4 ? compressions[at] : DIO_COMPRESSION_G4;
        o.dpi_x = o.dpi_y = 204;
        info.struct_size = sizeof info;
        OK(DIO_SaveToMemoryWithOptions(at < 4 ? image : bits, DIO_IFF_TIFF, &o, &bytes, &size));
        OK(DIO_ProbeMemory(bytes, size, NULL, &info));
        CHECK(info.compression == (uint32_t)o.compression);
        CHECK(info.dpi_x == 204 && info.dpi_y == 204);
        DIO_FreeBytes(bytes);
    }
    size_t sizes[2];
    for (int quality = 0; quality < 2; quality++) {
        uint8_t *bytes = NULL;
        DIO_SaveOptions jpeg = DIO_SAVE_OPTIONS_INIT;
        jpeg.quality = quality ? 95 : 20;
        OK(DIO_SaveToMemoryWithOptions(image, DIO_IFF_JPEG, &jpeg, &bytes, &sizes[quality]));
        DIO_FreeBytes(bytes);
    }
    CHECK(sizes[0] < sizes[1]);
    DIO_FreeImageData(image);
    DIO_FreeImageData(bits);
}

static void transparent_pixels_lie_on_the_background(void)
{
    uint8_t clear[4] = { 9, 9, 9, 0 }, *bytes = NULL;
    DIO_PixelLayout layout = { sizeof layout, 1, 1, DIO_IPF_ABGR_8888, 0, 0, 4, 4 };
    DIO_SaveOptions o = DIO_SAVE_OPTIONS_INIT;
    DIO_ReadOptions rgb = DIO_READ_OPTIONS_INIT;
    DIO_ImageData *image = NULL, *back = NULL;
    size_t size = 0;
    OK(DIO_ReadFromPixels(clear, &layout, &image));
    o.background = 0xFF0000;
    o.quality = 100;
    o.subsampling = DIO_SUBSAMPLING_444;
    rgb.pixel_format = DIO_IPF_BGR_888;
    OK(DIO_SaveToMemoryWithOptions(image, DIO_IFF_JPEG, &o, &bytes, &size));
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &rgb, &back));
    const uint8_t *pixel = DIO_ImageDataGetBytes(back);
    CHECK(pixel[0] > 250 && pixel[1] < 5 && pixel[2] < 5);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
}

int main(void)
{
    folder = new_folder();
    the_extension_decides_in_any_case();
    an_option_goes_before_the_extension();
    an_existing_file_is_replaced_only_when_asked();
    a_cancelled_save_leaves_the_old_file_and_no_debris();
    places_that_cannot_be_written_are_named();
    null_arguments_are_named();
    save_options_are_checked();
    options_change_the_file();
    transparent_pixels_lie_on_the_background();
    remove_folder(folder);
    return EXIT_SUCCESS;
}
