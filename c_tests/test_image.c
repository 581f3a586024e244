#include "support.h"

static void getters_take_null(void)
{
    CHECK(DIO_ImageDataGetBytes(NULL) == NULL);
    CHECK(DIO_ImageDataGetBytesLength(NULL) == 0);
    CHECK(DIO_ImageDataGetWidth(NULL) == 0);
    CHECK(DIO_ImageDataGetHeight(NULL) == 0);
    CHECK(DIO_ImageDataGetStride(NULL) == 0);
    CHECK(DIO_ImageDataGetPixelFormat(NULL) == -1);
    CHECK(DIO_ImageDataGetOrientation(NULL) == 0);
    CHECK(DIO_ImageDataGetFileFormat(NULL) == -1);
    CHECK(DIO_ImageDataGetFilePath(NULL) == NULL);
    CHECK(DIO_ImageDataGetPageNumber(NULL) == 0);
    CHECK(DIO_ImageDataGetTotalPages(NULL) == 0);
    CHECK(DIO_ImageDataGetWarningCount(NULL) == 0);
    DIO_FreeImageData(NULL);
    DIO_FreeReader(NULL);
    DIO_FreeBytes(NULL);
}

static void pixels_come_back_as_they_went_in(void)
{
    uint8_t rows[2][8] = { { 1, 2, 3, 4, 5, 6, 99, 99 }, { 7, 8, 9, 10, 11, 12, 99, 99 } };
    DIO_PixelLayout layout = { sizeof layout, 2, 2, DIO_IPF_RGB_888, 90, 0, 8, 14 };
    DIO_ImageData *image = NULL;
    OK(DIO_ReadFromPixels(rows, &layout, &image));
    CHECK(DIO_ImageDataGetWidth(image) == 2 && DIO_ImageDataGetHeight(image) == 2);
    CHECK(DIO_ImageDataGetStride(image) == 6 && DIO_ImageDataGetBytesLength(image) == 12);
    CHECK(DIO_ImageDataGetPixelFormat(image) == DIO_IPF_RGB_888);
    CHECK(DIO_ImageDataGetOrientation(image) == 90);
    CHECK(DIO_ImageDataGetFileFormat(image) == -1);
    CHECK(DIO_ImageDataGetFilePath(image) == NULL);
    CHECK(DIO_ImageDataGetPageNumber(image) == 0 && DIO_ImageDataGetTotalPages(image) == 1);
    static const uint8_t tight[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
    CHECK(memcmp(DIO_ImageDataGetBytes(image), tight, 12) == 0);

    uint8_t out[2][10];
    memset(out, 0xEE, sizeof out);
    DIO_PixelLayout wide = { sizeof wide, 2, 2, DIO_IPF_BGR_888, 0, 0, 10, 16 };
    OK(DIO_SaveToPixels(image, out, &wide));
    static const uint8_t swapped[2][10] = { { 3, 2, 1, 6, 5, 4, 0xEE, 0xEE, 0xEE, 0xEE },
                                            { 9, 8, 7, 12, 11, 10, 0xEE, 0xEE, 0xEE, 0xEE } };
    CHECK(memcmp(out, swapped, sizeof out) == 0);
    DIO_FreeImageData(image);
}

static void layouts_are_checked(void)
{
    uint8_t pixels[64] = { 0 };
    DIO_ImageData *image = NULL;
    DIO_PixelLayout good = { sizeof good, 4, 4, DIO_IPF_GRAYSCALED, 0, 0, 4, 16 }, bad;
    FAILS(DIO_EC_NULL_POINTER, "`data`", DIO_ReadFromPixels(NULL, &good, &image));
    FAILS(DIO_EC_NULL_POINTER, "`layout`", DIO_ReadFromPixels(pixels, NULL, &image));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ReadFromPixels(pixels, &good, NULL));
    bad = good, bad.struct_size = 0;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "struct_size", DIO_ReadFromPixels(pixels, &bad, &image));
    bad = good, bad.format = 99;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "layout->format` is 99", DIO_ReadFromPixels(pixels, &bad, &image));
    bad = good, bad.orientation = 45;
    FAILS(DIO_EC_IMAGE_ORIENTATION_INVALID, "45", DIO_ReadFromPixels(pixels, &bad, &image));
    bad = good, bad.reserved = 1;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "reserved", DIO_ReadFromPixels(pixels, &bad, &image));
    bad = good, bad.stride = 3;
    FAILS(DIO_EC_IMAGE_DATA_INVALID, "stride of 3", DIO_ReadFromPixels(pixels, &bad, &image));
    bad = good, bad.size = 15;
    FAILS(DIO_EC_IMAGE_DATA_INVALID, "16 bytes, but there are 15", DIO_ReadFromPixels(pixels, &bad, &image));
    bad = good, bad.width = 0;
    FAILS(DIO_EC_IMAGE_DATA_INVALID, "0 x 4", DIO_ReadFromPixels(pixels, &bad, &image));
    CHECK(image == NULL);

    OK(DIO_ReadFromPixels(pixels, &good, &image));
    bad = good, bad.size = 15;
    FAILS(DIO_EC_BUFFER_TOO_SMALL, "the image takes 16", DIO_SaveToPixels(image, pixels, &bad));
    bad = good, bad.width = 3;
    FAILS(DIO_EC_IMAGE_SIZE_NOT_MATCH, "4 x 4, the buffer 3 x 4", DIO_SaveToPixels(image, pixels, &bad));
    bad = good, bad.orientation = 90;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "layout->orientation", DIO_SaveToPixels(image, pixels, &bad));
    FAILS(DIO_EC_NULL_POINTER, "`data`", DIO_SaveToPixels(image, NULL, &good));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_SaveToPixels(NULL, pixels, &good));
    DIO_FreeImageData(image);
}

static void every_format_converts_to_every_other(void)
{
    DIO_ImageData *white = NULL;
    uint8_t ones[35];
    memset(ones, 255, sizeof ones);
    DIO_PixelLayout layout = { sizeof layout, 7, 5, DIO_IPF_GRAYSCALED, 0, 0, 7, sizeof ones };
    OK(DIO_ReadFromPixels(ones, &layout, &white));
    static const DIO_ImagePixelFormat formats[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 256, 257 };
    for (size_t a = 0; a < sizeof formats / sizeof formats[0]; a++) {
        DIO_ImageData *first = NULL;
        OK(DIO_ImageDataConvert(white, formats[a], &first));
        for (size_t b = 0; b < sizeof formats / sizeof formats[0]; b++) {
            DIO_ImageData *second = NULL, *third = NULL;
            OK(DIO_ImageDataConvert(first, formats[b], &second));
            OK(DIO_ImageDataConvert(second, DIO_IPF_GRAYSCALED, &third));
            CHECK(DIO_ImageDataGetPixelFormat(second) == formats[b]);
            CHECK(same_pixels(third, white));
            DIO_FreeImageData(second);
            DIO_FreeImageData(third);
        }
        DIO_FreeImageData(first);
    }
    DIO_ImageData *none = NULL;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is 16", DIO_ImageDataConvert(white, 16, &none));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is -1", DIO_ImageDataConvert(white, DIO_IPF_AS_STORED, &none));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ImageDataConvert(NULL, 2, &none));
    FAILS(DIO_EC_NULL_POINTER, "`converted`", DIO_ImageDataConvert(white, 2, NULL));
    CHECK(none == NULL);
    DIO_FreeImageData(white);
}

static void setters_are_told_by_getters(void)
{
    DIO_ImageData *image = make_image(3, 2, DIO_IPF_GRAYSCALED), *upright = NULL;
    double x = -1, y = -1;
    OK(DIO_ImageDataGetResolution(image, &x, &y));
    CHECK(x == 0 && y == 0);
    OK(DIO_ImageDataSetResolution(image, 300, 150));
    OK(DIO_ImageDataSetOrientation(image, 90));
    FAILS(DIO_EC_IMAGE_ORIENTATION_INVALID, "91", DIO_ImageDataSetOrientation(image, 91));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`dpi_y` is -1", DIO_ImageDataSetResolution(image, 300, -1));
    FAILS(DIO_EC_NULL_POINTER, "`dpi_y`", DIO_ImageDataGetResolution(image, &x, NULL));
    CHECK(DIO_ImageDataGetOrientation(image) == 90);
    OK(DIO_ImageDataOrient(image, &upright));
    CHECK(DIO_ImageDataGetOrientation(upright) == 0);
    CHECK(DIO_ImageDataGetWidth(upright) == 2 && DIO_ImageDataGetHeight(upright) == 3);
    const uint8_t *from = DIO_ImageDataGetBytes(image), *to = DIO_ImageDataGetBytes(upright);
    CHECK(to[0] == from[3] && to[1] == from[0] && to[4] == from[5] && to[5] == from[2]);
    OK(DIO_ImageDataGetResolution(upright, &x, &y));
    CHECK(x == 150 && y == 300);
    DIO_FreeImageData(upright);
    DIO_FreeImageData(image);
}

static void metadata_and_warnings_that_are_not_there(void)
{
    DIO_ImageData *image = make_colour(2, 2);
    const uint8_t *bytes = (const uint8_t *)"x";
    const char *text = NULL;
    size_t size = 7;
    OK(DIO_ImageDataGetMetadata(image, DIO_METADATA_EXIF, &bytes, &size));
    CHECK(bytes == NULL && size == 0);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`kind` is 3", DIO_ImageDataGetMetadata(image, 3, &bytes, &size));
    CHECK(DIO_ImageDataGetWarningCount(image) == 0);
    FAILS(DIO_EC_INDEX_INVALID, "warning 0", DIO_ImageDataGetWarning(image, 0, &text));
    DIO_FreeImageData(image);
}

int main(void)
{
    getters_take_null();
    pixels_come_back_as_they_went_in();
    layouts_are_checked();
    every_format_converts_to_every_other();
    setters_are_told_by_getters();
    metadata_and_warnings_that_are_not_there();
    return EXIT_SUCCESS;
}
