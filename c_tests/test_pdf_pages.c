#include "support.h"

/* A page that one image fills, in memory. */
static void make_scan(uint8_t **bytes, size_t *size)
{
    static const uint8_t rows[] = { 0xf0, 0x55, 0x0f, 0xaa };
    DIO_PixelLayout layout = { sizeof layout, 8, 4, DIO_IPF_BINARY, 0, 0, 1, sizeof rows };
    DIO_ImageData *image = NULL;
    OK(DIO_ReadFromPixels(rows, &layout, &image));
    OK(DIO_ImageDataSetResolution(image, 200.0, 100.0));
    OK(DIO_SaveToMemory(image, DIO_IFF_PDF, bytes, size));
    DIO_FreeImageData(image);
}

static void a_scan_comes_as_it_is_stored(void)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    make_scan(&bytes, &size);
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    DIO_ImageInfo info;
    info.struct_size = sizeof info;
    OK(DIO_ProbeMemory(bytes, size, NULL, &info));
    CHECK(info.source == DIO_SOURCE_SCAN && info.pixel_format == DIO_IPF_BINARY);
    CHECK(info.width == 8 && info.height == 4 && info.images == 1 && info.encrypted == 0);
    CHECK(info.dpi_x > 199.9 && info.dpi_x < 200.1 && info.dpi_y > 99.9 && info.dpi_y < 100.1);
    DIO_ImageData *scan = NULL, *drawn = NULL, *extracted = NULL;
    OK(DIO_ReadFromMemory(bytes, size, &scan));
    CHECK(DIO_ImageDataGetBytesLength(scan) == 4 && memcmp(DIO_ImageDataGetBytes(scan), "\xf0\x55\x0f\xaa", 4) == 0);
    options.pdf_mode = DIO_PDF_RENDER;
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &drawn));
    CHECK(DIO_ImageDataGetWidth(drawn) == 12 && DIO_ImageDataGetPixelFormat(drawn) == DIO_IPF_RGB_888);
    options.pdf_mode = DIO_PDF_EXTRACT;
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &extracted));
    CHECK(same_pixels(scan, extracted));
    DIO_FreeImageData(scan);
    DIO_FreeImageData(drawn);
    DIO_FreeImageData(extracted);
    DIO_FreeBytes(bytes);
}

static void wrong_options_are_named(void)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    make_scan(&bytes, &size);
    DIO_ImageData *image = NULL;
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    options.pdf_mode = 3;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "pdf_mode", DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.pdf_mode = DIO_PDF_RENDER;
    options.pdf_box = 5;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "pdf_box", DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.pdf_box = DIO_BOX_MEDIA;
    options.pdf_background = 0x80FFFFFF;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "pdf_background",
          DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.pdf_background = 0xFF00FF00;
    options.annotations = 2;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "annotations", DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.annotations = 0;
    options.max_side = 30;
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    CHECK(DIO_ImageDataGetWidth(image) == 30 && DIO_ImageDataGetHeight(image) == 30);
    DIO_FreeImageData(image);
    image = NULL;
    options.max_side = 0;
    options.scale = 2;
    options.region_x = 3;
    options.region_width = options.region_height = 9;
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    CHECK(DIO_ImageDataGetWidth(image) == 5 && DIO_ImageDataGetHeight(image) == 5);
    DIO_FreeImageData(image);
    image = NULL;
    options.region_height = 0;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "region", DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.region_x = options.region_width = 0;
    options.scale = 3;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "scale", DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.scale = 0;
    options.pdf_mode = DIO_PDF_EXTRACT;
    options.pdf_image = 1;
    FAILS(DIO_EC_INDEX_INVALID, "there is no image 1: the page has 1",
          DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    CHECK(image == NULL);
    DIO_FreeBytes(bytes);
}

/* A page that shows a Cyrillic letter in a font that it does not bring. */
static const char letter[] =
    "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 40 40]/Contents 5 0 R"
    "/Resources<</Font<</F 4 0 R>>>>>>\nendobj\n"
    "4 0 obj\n<</Type/Font/Subtype/TrueType/BaseFont/Unknown/FirstChar 1/LastChar 1/Widths[700]"
    "/Encoding<</Differences[1/afii10024]>>>>\nendobj\n"
    "5 0 obj\n<</Length 33>>\nstream\nBT /F 30 Tf 5 10 Td <01> Tj ET   \nendstream\nendobj\n"
    "trailer\n<</Root 1 0 R>>\n";

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0);
    *size = (size_t)ftell(file);
    uint8_t *bytes = malloc(*size);
    rewind(file);
    CHECK(bytes != NULL && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

static int has_ink(const DIO_ImageData *image)
{
    const uint8_t *bytes = DIO_ImageDataGetBytes(image);
    for (size_t at = 0; at < DIO_ImageDataGetBytesLength(image); at++) {
        if (bytes[at] < 100)
            return 1;
    }
    return 0;
}

static void fonts_are_lent_and_missed_by_name(const char *data)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    DIO_ImageData *without = NULL, *with = NULL;
    const char *said = NULL;
    OK(DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &without));
    CHECK(!has_ink(without) && DIO_ImageDataGetWarningCount(without) == 1);
    OK(DIO_ImageDataGetWarning(without, 0, &said));
    CHECK(strstr(said, "font Unknown is not embedded") != NULL);
    DIO_FreeImageData(without);
    without = NULL;

    DIO_Font fonts[2] = { { sizeof *fonts, 0, (const uint8_t *)"no font", 7 }, { sizeof *fonts, 0, NULL, 0 } };
    size_t size = 0;
    char path[1000];
    snprintf(path, sizeof path, "%s/marks.ttf", data);
    uint8_t *bytes = read_file(path, &size);
    fonts[1].bytes = bytes;
    fonts[1].size = size;
    options.fonts = fonts;
    options.font_count = 2;
    OK(DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    CHECK(has_ink(with) && DIO_ImageDataGetWarningCount(with) == 1);
    OK(DIO_ImageDataGetWarning(with, 0, &said));
    CHECK(strstr(said, "fonts[0]") != NULL);
    DIO_FreeImageData(with);
    with = NULL;

    fonts[1].struct_size = 8;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "fonts[1]->struct_size",
          DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    fonts[1].struct_size = sizeof *fonts;
    fonts[1].reserved = 1;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "fonts[1]->reserved",
          DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    options.fonts = NULL;
    FAILS(DIO_EC_NULL_POINTER, "options->fonts",
          DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    options.font_count = 0;
    options.font_folder = "no/such/folder";
    FAILS(DIO_EC_FILE_NOT_FOUND, "font_folder",
          DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    options.font_folder = data;
    OK(DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    CHECK(has_ink(with));
    DIO_FreeImageData(with);
    with = NULL;
    options.system_fonts = 2;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "system_fonts",
          DIO_ReadFromMemoryWithOptions((const uint8_t *)letter, sizeof letter - 1, &options, &with));
    free(bytes);
}

static void pdfium_is_found_and_loads_or_it_is_said_what_was_tried(const char *data)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    DIO_ImageData *image = NULL;
    const uint8_t *pdf = (const uint8_t *)letter;
    char path[1000];
    options.pdf_engine = 1;
    options.pdfium_path = "no/such/library";
    FAILS(DIO_EC_PDF_DLL_MISSING, "no/such/library",
          DIO_ReadFromMemoryWithOptions(pdf, sizeof letter - 1, &options, &image));
    /* A folder without it. */
    options.pdfium_path = data;
    FAILS(DIO_EC_PDF_DLL_MISSING, "pdfium",
          DIO_ReadFromMemoryWithOptions(pdf, sizeof letter - 1, &options, &image));
    /* A file that is no library. */
    snprintf(path, sizeof path, "%s/marks.ttf", data);
    options.pdfium_path = path;
    FAILS(DIO_EC_PDF_LIBRARY_LOAD_FAILED, "marks.ttf",
          DIO_ReadFromMemoryWithOptions(pdf, sizeof letter - 1, &options, &image));
    options.font_folder = data;
    FAILS(DIO_EC_FEATURE_NOT_SUPPORTED, "font_folder",
          DIO_ReadFromMemoryWithOptions(pdf, sizeof letter - 1, &options, &image));
    options.pdf_engine = 2;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "pdf_engine",
          DIO_ReadFromMemoryWithOptions(pdf, sizeof letter - 1, &options, &image));
    options.pdf_engine = 0;
    options.reserved = 1;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "options->reserved",
          DIO_ReadFromMemoryWithOptions(pdf, sizeof letter - 1, &options, &image));
    CHECK(image == NULL);
}

int main(int argc, char **argv)
{
    fonts_are_lent_and_missed_by_name(data_folder(argc, argv));
    pdfium_is_found_and_loads_or_it_is_said_what_was_tried(data_folder(argc, argv));
    a_scan_comes_as_it_is_stored();
    wrong_options_are_named();
    return EXIT_SUCCESS;
}
