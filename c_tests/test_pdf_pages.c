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
    options.region_x = 5;
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
    options.reserved = 1;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "reserved", DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    options.reserved = 0;
    options.pdf_mode = DIO_PDF_EXTRACT;
    options.pdf_image = 1;
    FAILS(DIO_EC_INDEX_INVALID, "there is no image 1: the page has 1",
          DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image));
    CHECK(image == NULL);
    DIO_FreeBytes(bytes);
}

int main(void)
{
    a_scan_comes_as_it_is_stored();
    wrong_options_are_named();
    return EXIT_SUCCESS;
}
