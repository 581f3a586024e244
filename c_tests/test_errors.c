#include "folder.h"
#include "support.h"

static const char *folder;

static void files_that_are_none_are_named(void)
{
    DIO_ImageData *image = NULL;
    FAILS(DIO_EC_NULL_POINTER, "`path`", DIO_ReadFromFile(NULL, &image));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ReadFromFile("a.png", NULL));
    FAILS(DIO_EC_NULL_POINTER, "`bytes`", DIO_ReadFromMemory(NULL, 5, &image));
    FAILS(DIO_EC_NULL_POINTER, "`info`", DIO_ProbeFile("a.png", NULL, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`info`", DIO_ProbeMemory(NULL, 0, NULL, NULL));
    FAILS(DIO_EC_FILE_NOT_FOUND, "no/such.png", DIO_ReadFromFile("no/such.png", &image));
    FAILS(DIO_EC_FILE_NOT_FOUND, "is a directory", DIO_ReadFromFile(folder, &image));
    FAILS(DIO_EC_FILE_NOT_FOUND, "no such file", DIO_ReadFromFile("", &image));
    write_file(in_folder(folder, "empty.png"), "", 0);
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "empty.png: the input is empty",
          DIO_ReadFromFile(in_folder(folder, "empty.png"), &image));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "the input is empty", DIO_ReadFromMemory(NULL, 0, &image));
    static const char text[] = "This is a text and no image whatever its name says.";
    write_file(in_folder(folder, "text.png"), text, sizeof text);
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "text.png: ", DIO_ReadFromFile(in_folder(folder, "text.png"), &image));
    CHECK(image == NULL);
}

static void cut_files_are_damaged_at_every_length(void)
{
    static const struct { DIO_ImageFileFormat format; DIO_ErrorCode code; } all[] = {
        { DIO_IFF_JPEG, DIO_EC_IMAGE_READ_FAILED }, { DIO_IFF_PNG, DIO_EC_IMAGE_READ_FAILED },
        { DIO_IFF_BMP, DIO_EC_IMAGE_READ_FAILED },  { DIO_IFF_GIF, DIO_EC_IMAGE_READ_FAILED },
        { DIO_IFF_TIFF, DIO_EC_TIFF_READ_FAILED },  { DIO_IFF_QOI, DIO_EC_IMAGE_READ_FAILED },
    };
    DIO_ImageData *image = make_colour(40, 30);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        OK(DIO_SaveToMemory(image, all[at].format, &bytes, &size));
        /* The last bytes of some formats (an end marker, padding) are not missed. */
        for (size_t len = 0; len + 16 < size; len++) {
            DIO_ImageData *back = NULL;
            DIO_ErrorCode code = DIO_ReadFromMemory(bytes, len, &back);
            CHECK(code == all[at].code || (code == DIO_EC_FILE_TYPE_NOT_SUPPORTED && len < 64));
            CHECK(back == NULL);
        }
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void cut_pdfs_do_no_harm(void)
{
    DIO_ImageData *image = make_colour(4, 3);
    uint8_t *bytes = NULL;
    size_t size = 0;
    OK(DIO_SaveToMemory(image, DIO_IFF_PDF, &bytes, &size));
    for (size_t len = 0; len < size; len += 17) {
        DIO_ImageData *back = NULL;
        DIO_ErrorCode code = DIO_ReadFromMemory(bytes, len, &back);
        CHECK(code == DIO_EC_OK || code == DIO_EC_PDF_READ_FAILED || code == DIO_EC_FILE_TYPE_NOT_SUPPORTED);
        DIO_FreeImageData(back);
    }
    FAILS(DIO_EC_PDF_READ_FAILED, "PDF: ", DIO_ReadFromMemory((const uint8_t *)"%PDF-1.7\nnothing", 16, &(DIO_ImageData *){ NULL }));
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

static void rows_of_a_cut_file_can_be_recovered(void)
{
    static const DIO_ImageFileFormat all[] = { DIO_IFF_PNG, DIO_IFF_BMP };
    DIO_ImageData *image = make_image(300, 200, DIO_IPF_RGB_888);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageData *back = NULL;
        const char *warning = NULL;
        DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
        options.tolerance = DIO_TOLERANCE_RECOVER;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
        OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &back));
        CHECK(DIO_ImageDataGetWarningCount(back) == 0);
        DIO_FreeImageData(back);
        OK(DIO_ReadFromMemoryWithOptions(bytes, size / 2, &options, &back));
        CHECK(DIO_ImageDataGetHeight(back) == 200);
        CHECK(DIO_ImageDataGetWarningCount(back) == 1);
        OK(DIO_ImageDataGetWarning(back, 0, &warning));
        CHECK(strstr(warning, "of 200 rows") != NULL);
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void read_options_are_checked(void)
{
    DIO_ImageData *image = make_colour(2, 2), *back = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    DIO_ReadOptions good = DIO_READ_OPTIONS_INIT, o;
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, &size));
#define REFUSED(code, words) FAILS(code, words, DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back))
    o = good, o.pixel_format = 77;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->pixel_format` is 77");
    o = good, o.orientation = 2;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->orientation` is 2");
    o = good, o.tolerance = -1;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->tolerance` is -1");
    o = good, o.dpi = 99;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "dpi is 99");
    o = good, o.fallback_dpi = -1;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "fallback_dpi is -1");
    o = good, o.threads = 257;
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "threads is 257");
    o = good, o.password = "\xff\xfe";
    REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "options->password` is not UTF-8");
    o = good, o.page = 1;
    REFUSED(DIO_EC_PAGE_NUMBER_INVALID, "no page 1: the file has 1");
    CHECK(back == NULL);
    o = good, o.fallback_dpi = 96;
    double x = 0, y = 0;
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
    OK(DIO_ImageDataGetResolution(back, &x, &y));
    CHECK(x == 96 && y == 96);
    DIO_FreeImageData(back);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

static void formats_that_are_not_written_are_named(void)
{
    DIO_ImageData *image = make_colour(4, 3);
    uint8_t *bytes = NULL;
    size_t size = 0;
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "WebP files can be read but not written",
          DIO_SaveToMemory(image, DIO_IFF_WEBP, &bytes, &size));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "WebP files can be read but not written",
          DIO_SaveToFile(image, in_folder(folder, "a.webp"), 1));
    CHECK(bytes == NULL && size == 0);
    DIO_FreeImageData(image);
}

static void a_success_leaves_the_message_alone(void)
{
    DIO_ImageData *image = NULL;
    FAILS(DIO_EC_FILE_NOT_FOUND, "first.png", DIO_ReadFromFile("first.png", &image));
    DIO_FreeImageData(make_colour(1, 1));
    CHECK(strstr(DIO_GetLastErrorMessage(), "first.png") != NULL);
}

int main(void)
{
    CHECK(DIO_GetLastErrorMessage() != NULL && strlen(DIO_GetLastErrorMessage()) == 0);
    folder = new_folder();
    files_that_are_none_are_named();
    cut_files_are_damaged_at_every_length();
    cut_pdfs_do_no_harm();
    rows_of_a_cut_file_can_be_recovered();
    read_options_are_checked();
    formats_that_are_not_written_are_named();
    a_success_leaves_the_message_alone();
    remove_folder(folder);
    return EXIT_SUCCESS;
}
