#include "support.h"

/* Formats that give back exactly what was saved, with the pixel format that an RGB image has on reading. */
static const DIO_ImageFileFormat lossless[] = { DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_TIFF, DIO_IFF_QOI, DIO_IFF_PNM,
                                                DIO_IFF_TGA };
static const DIO_ImagePixelFormat formats[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 256, 257 };

static void what_is_saved_reads_back_in_every_pixel_format(void)
{
    DIO_ImageData *image = make_image(13, 5, DIO_IPF_RGB_888);
    for (size_t at = 0; at < sizeof lossless / sizeof lossless[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageData *back = NULL;
        OK(DIO_SaveToMemory(image, lossless[at], &bytes, &size));
        OK(DIO_ReadFromMemory(bytes, size, &back));
        CHECK(DIO_ImageDataGetFileFormat(back) == lossless[at]);
        CHECK(same_pixels(image, back));
        DIO_FreeImageData(back);
        for (size_t to = 0; to < sizeof formats / sizeof formats[0]; to++) {
            DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
            DIO_ImageData *asked = NULL, *converted = NULL;
            options.pixel_format = formats[to];
            OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &asked));
            OK(DIO_ImageDataConvert(image, formats[to], &converted));
            CHECK(same_pixels(asked, converted));
            DIO_FreeImageData(asked);
            DIO_FreeImageData(converted);
        }
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void lossy_and_palette_formats_come_close(void)
{
    static const DIO_ImageFileFormat close[] = { DIO_IFF_JPEG, DIO_IFF_GIF, DIO_IFF_PDF };
    DIO_ImageData *image = make_image(64, 48, DIO_IPF_GRAYSCALED);
    for (size_t at = 0; at < sizeof close / sizeof close[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageData *back = NULL;
        DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
        options.pixel_format = DIO_IPF_GRAYSCALED;
        OK(DIO_ImageDataSetResolution(image, 300, 300));
        OK(DIO_SaveToMemory(image, close[at], &bytes, &size));
        OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &back));
        CHECK(DIO_ImageDataGetWidth(back) == 64 && DIO_ImageDataGetHeight(back) == 48);
        const uint8_t *a = DIO_ImageDataGetBytes(image), *b = DIO_ImageDataGetBytes(back);
        double sum = 0;
        for (size_t i = 0; i < 64 * 48; i++)
            sum += abs(a[i] - b[i]);
        CHECK(sum / (64 * 48) < 12);
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void bilevel_stays_bilevel(void)
{
    static const DIO_ImageFileFormat all[] = { DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_TIFF };
    DIO_ImageData *image = make_image(21, 9, DIO_IPF_BINARY);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageData *back = NULL;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
        OK(DIO_ReadFromMemory(bytes, size, &back));
        CHECK(same_pixels(image, back));
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void a_probe_tells_what_a_read_returns(void)
{
    static const DIO_ImageFileFormat all[] = { DIO_IFF_JPEG, DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_PDF, DIO_IFF_TIFF,
                                               DIO_IFF_GIF,  DIO_IFF_PNM, DIO_IFF_TGA, DIO_IFF_QOI };
    DIO_ImageData *image = make_image(30, 20, DIO_IPF_RGB_888);
    OK(DIO_ImageDataSetResolution(image, 200, 200));
    OK(DIO_ImageDataSetOrientation(image, 90));
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        for (int apply = 0; apply < 2; apply++) {
            uint8_t *bytes = NULL;
            size_t size = 0;
            DIO_ImageData *back = NULL;
            DIO_ImageInfo info;
            DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
            double x, y;
            options.orientation = apply;
            options.dpi = 200;
            info.struct_size = sizeof info;
            OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
            OK(DIO_ProbeMemory(bytes, size, &options, &info));
            OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &back));
            CHECK(info.width == DIO_ImageDataGetWidth(back) && info.height == DIO_ImageDataGetHeight(back));
            CHECK(info.stride == DIO_ImageDataGetStride(back) && info.size == DIO_ImageDataGetBytesLength(back));
            CHECK(info.pixel_format == DIO_ImageDataGetPixelFormat(back));
            CHECK(info.orientation == DIO_ImageDataGetOrientation(back));
            CHECK(info.file_format == all[at] && info.page_count == 1);
            OK(DIO_ImageDataGetResolution(back, &x, &y));
            CHECK(info.dpi_x == x && info.dpi_y == y);
            /* However the format states it, the picture stands upright in the end. */
            int sideways = info.orientation == 90;
            CHECK((sideways ? info.height : info.width) == 20 && (sideways ? info.width : info.height) == 30);
            CHECK(!apply || info.orientation == 0);
            DIO_FreeImageData(back);
            DIO_FreeBytes(bytes);
        }
    }
    DIO_FreeImageData(image);
}

static void options_have_the_same_defaults_both_ways(void)
{
    DIO_ReadOptions a = DIO_READ_OPTIONS_INIT, b;
    DIO_SaveOptions c = DIO_SAVE_OPTIONS_INIT, d;
    OK(DIO_ReadOptions_Init(&b, sizeof b));
    OK(DIO_SaveOptions_Init(&d, sizeof d));
    CHECK(memcmp(&a, &b, sizeof a) == 0);
    CHECK(memcmp(&c, &d, sizeof c) == 0);
    FAILS(DIO_EC_NULL_POINTER, "`options`", DIO_ReadOptions_Init(NULL, sizeof b));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`size` is 3", DIO_SaveOptions_Init(&d, 3));
}

static void option_structs_grow(void)
{
    struct { DIO_ReadOptions known; uint32_t later[2]; } options;
    DIO_ImageData *image = make_colour(2, 2), *back = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, &size));
    memset(&options, 0xAA, sizeof options);
    OK(DIO_ReadOptions_Init(&options.known, sizeof options));
    CHECK(options.known.struct_size == sizeof options && options.later[1] == 0);
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options.known, &back));
    DIO_FreeImageData(back);
    back = NULL;
    options.later[1] = 1;
    FAILS(DIO_EC_OPTIONS_TOO_NEW, "later version",
          DIO_ReadFromMemoryWithOptions(bytes, size, &options.known, &back));
    options.known.struct_size = 8;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "options->struct_size` is 8",
          DIO_ReadFromMemoryWithOptions(bytes, size, &options.known, &back));
    CHECK(back == NULL);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

static void metadata_is_carried_to_the_saved_file(void)
{
    static const DIO_ImageFileFormat all[] = { DIO_IFF_JPEG, DIO_IFF_PNG };
    DIO_ImageData *image = make_colour(8, 8);
    OK(DIO_ImageDataSetOrientation(image, 270));
    OK(DIO_ImageDataSetResolution(image, 300, 600));
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL, *again = NULL;
        size_t size = 0, again_size = 0, exif_size = 0;
        const uint8_t *exif = NULL;
        double x, y;
        DIO_ImageData *back = NULL, *third = NULL;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
        OK(DIO_ReadFromMemory(bytes, size, &back));
        CHECK(DIO_ImageDataGetOrientation(back) == 270);
        OK(DIO_ImageDataGetResolution(back, &x, &y));
        CHECK(x == 300 && y == 600);
        OK(DIO_ImageDataGetMetadata(back, DIO_METADATA_EXIF, &exif, &exif_size));
        CHECK(exif_size > 8 && (exif[0] == 'I' || exif[0] == 'M'));
        OK(DIO_SaveToMemory(back, DIO_IFF_PNG, &again, &again_size));
        OK(DIO_ReadFromMemory(again, again_size, &third));
        CHECK(DIO_ImageDataGetOrientation(third) == 270);
        DIO_FreeImageData(third);
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
        DIO_FreeBytes(again);
    }
    DIO_FreeImageData(image);
}

static void the_path_page_and_format_are_told(const char *data)
{
    const char *path = in_folder(data, "pages.tif");
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    DIO_ImageData *image = NULL;
    DIO_ImageInfo info;
    options.page = 1;
    OK(DIO_ReadFromFileWithOptions(path, &options, &image));
    CHECK(strcmp(DIO_ImageDataGetFilePath(image), path) == 0);
    CHECK(DIO_ImageDataGetPageNumber(image) == 1 && DIO_ImageDataGetTotalPages(image) == 2);
    CHECK(DIO_ImageDataGetFileFormat(image) == DIO_IFF_TIFF);
    info.struct_size = sizeof info;
    OK(DIO_ProbeFile(path, &options, &info));
    CHECK(info.width == DIO_ImageDataGetWidth(image) && info.page_count == 2);
    DIO_FreeImageData(image);
}

int main(int argc, char **argv)
{
    what_is_saved_reads_back_in_every_pixel_format();
    lossy_and_palette_formats_come_close();
    bilevel_stays_bilevel();
    a_probe_tells_what_a_read_returns();
    options_have_the_same_defaults_both_ways();
    option_structs_grow();
    metadata_is_carried_to_the_saved_file();
    the_path_page_and_format_are_told(data_folder(argc, argv));
    return EXIT_SUCCESS;
}
