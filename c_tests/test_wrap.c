#include "support.h"

struct lender {
    int released;
    void *data;
};

static void take_back(void *user, void *data)
{
    struct lender *lender = user;
    lender->released++;
    CHECK(data == lender->data);
}

static const DIO_ImagePixelFormat formats[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 256, 257 };
#define FORMATS (sizeof formats / sizeof formats[0])

static const DIO_ImageFileFormat files[] = { DIO_IFF_JPEG, DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_GIF, DIO_IFF_TIFF,
                                             DIO_IFF_PDF, DIO_IFF_PNM, DIO_IFF_TGA, DIO_IFF_QOI };
#define FILES (sizeof files / sizeof files[0])

/* The rows of `image` with `pad` bytes of dirt after each, in memory of just that size; spare bits are dirty, too. */
static uint8_t *padded_copy(const DIO_ImageData *image, size_t pad, DIO_PixelLayout *layout)
{
    size_t row = DIO_ImageDataGetStride(image), rows = DIO_ImageDataGetBytesLength(image) / row;
    DIO_PixelLayout it = { sizeof it, DIO_ImageDataGetWidth(image), DIO_ImageDataGetHeight(image),
                           DIO_ImageDataGetPixelFormat(image), DIO_ImageDataGetOrientation(image), 0,
                           row + pad, (row + pad) * (rows - 1) + row };
    uint8_t *copy = malloc(it.size);
    CHECK(copy != NULL);
    memset(copy, 0xA5, it.size);
    for (size_t y = 0; y < rows; y++) {
        memcpy(copy + y * it.stride, DIO_ImageDataGetBytes(image) + y * row, row);
        if (it.format <= DIO_IPF_BINARYINVERTED && it.width % 8 != 0)
            copy[y * it.stride + row - 1] |= (uint8_t)(0xFF >> it.width % 8);
    }
    *layout = it;
    return copy;
}

static void pixels_stay_where_they_are(void)
{
    uint8_t pixels[2][5] = { { 1, 2, 3, 99, 99 }, { 4, 5, 6, 99, 99 } };
    struct lender lender = { 0, pixels };
    DIO_PixelLayout layout = { sizeof layout, 3, 2, DIO_IPF_GRAYSCALED, 90, 0, 5, 10 };
    DIO_ImageData *image = NULL;
    OK(DIO_WrapPixels(pixels, &layout, take_back, &lender, &image));
    CHECK(DIO_ImageDataGetBytes(image) == pixels[0]);
    CHECK(DIO_ImageDataGetStride(image) == 5 && DIO_ImageDataGetBytesLength(image) == 8);
    CHECK(DIO_ImageDataGetWidth(image) == 3 && DIO_ImageDataGetHeight(image) == 2);
    CHECK(DIO_ImageDataGetPixelFormat(image) == DIO_IPF_GRAYSCALED && DIO_ImageDataGetOrientation(image) == 90);
    CHECK(DIO_ImageDataGetFileFormat(image) == -1 && DIO_ImageDataGetTotalPages(image) == 1);

    /* Between calls the caller may change them. */
    DIO_ImageData *converted = NULL;
    pixels[1][2] = 60;
    OK(DIO_ImageDataConvert(image, DIO_IPF_GRAYSCALED, &converted));
    static const uint8_t tight[6] = { 1, 2, 3, 4, 5, 60 };
    CHECK(DIO_ImageDataGetBytesLength(converted) == 6 && memcmp(DIO_ImageDataGetBytes(converted), tight, 6) == 0);
    CHECK(DIO_ImageDataGetOrientation(converted) == 90);

    OK(DIO_ImageDataSetResolution(image, 300, 300));
    OK(DIO_ImageDataSetOrientation(image, 180));
    CHECK(pixels[0][3] == 99 && pixels[0][0] == 1 && lender.released == 0);
    DIO_FreeImageData(image);
    CHECK(lender.released == 1);
    CHECK(memcmp(DIO_ImageDataGetBytes(converted), tight, 6) == 0);
    DIO_FreeImageData(converted);
    CHECK(lender.released == 1);

    /* Nobody has to be told. */
    OK(DIO_WrapPixels(pixels, &layout, NULL, NULL, &image));
    DIO_FreeImageData(image);
}

static void a_failure_releases_nothing(void)
{
    uint8_t pixels[64] = { 0 };
    struct lender lender = { 0, pixels };
    DIO_ImageData *image = NULL;
    DIO_PixelLayout good = { sizeof good, 4, 4, DIO_IPF_GRAYSCALED, 0, 0, 4, 16 }, bad;
    FAILS(DIO_EC_NULL_POINTER, "`data`", DIO_WrapPixels(NULL, &good, take_back, &lender, &image));
    FAILS(DIO_EC_NULL_POINTER, "`layout`", DIO_WrapPixels(pixels, NULL, take_back, &lender, &image));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_WrapPixels(pixels, &good, take_back, &lender, NULL));
    bad = good, bad.struct_size = 0;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "struct_size", DIO_WrapPixels(pixels, &bad, take_back, &lender, &image));
    bad = good, bad.format = 99;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "format` is 99", DIO_WrapPixels(pixels, &bad, take_back, &lender, &image));
    bad = good, bad.orientation = 45;
    FAILS(DIO_EC_IMAGE_ORIENTATION_INVALID, "45", DIO_WrapPixels(pixels, &bad, take_back, &lender, &image));
    bad = good, bad.stride = 3;
    FAILS(DIO_EC_IMAGE_DATA_INVALID, "stride of 3", DIO_WrapPixels(pixels, &bad, take_back, &lender, &image));
    bad = good, bad.size = 15;
    FAILS(DIO_EC_IMAGE_DATA_INVALID, "16 bytes, but there are 15",
          DIO_WrapPixels(pixels, &bad, take_back, &lender, &image));
    bad = good, bad.size = SIZE_MAX;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`data`", DIO_WrapPixels(pixels, &bad, take_back, &lender, &image));
    CHECK(image == NULL && lender.released == 0);
}

/* Whatever is made from lent pixels, with padded rows, equals what is made from a copy of them. */
static void same_results(const DIO_ImageData *lent, const DIO_ImageData *copy)
{
    for (size_t at = 0; at < FORMATS; at++) {
        DIO_ImageData *a = NULL, *b = NULL;
        OK(DIO_ImageDataConvert(lent, formats[at], &a));
        OK(DIO_ImageDataConvert(copy, formats[at], &b));
        CHECK(same_pixels(a, b));
        DIO_FreeImageData(a);
        DIO_FreeImageData(b);
    }
    for (size_t at = 0; at < FILES; at++) {
        uint8_t *a = NULL, *b = NULL;
        size_t a_size = 0, b_size = 0;
        OK(DIO_SaveToMemory(lent, files[at], &a, &a_size));
        OK(DIO_SaveToMemory(copy, files[at], &b, &b_size));
        CHECK(a_size == b_size && memcmp(a, b, a_size) == 0);
        DIO_FreeBytes(a);
        DIO_FreeBytes(b);
    }
    DIO_ImageData *a = NULL, *b = NULL;
    OK(DIO_ImageDataOrient(lent, &a));
    OK(DIO_ImageDataOrient(copy, &b));
    CHECK(same_pixels(a, b));
    DIO_FreeImageData(a);
    DIO_FreeImageData(b);
    OK(DIO_ImageDataBinarize(lent, NULL, &a));
    OK(DIO_ImageDataBinarize(copy, NULL, &b));
    CHECK(same_pixels(a, b));
    DIO_FreeImageData(a);
    DIO_FreeImageData(b);
}

static void every_use_equals_that_of_a_copy(void)
{
    for (int32_t angle = 0; angle < 360; angle += 90) {
        for (size_t at = 0; at < FORMATS; at++) {
            DIO_ImageData *image = make_image(13, 7, formats[at]), *lent = NULL;
            OK(DIO_ImageDataSetOrientation(image, angle));
            DIO_PixelLayout layout;
            uint8_t *pixels = padded_copy(image, at % 2 ? 3 : 0, &layout);
            uint8_t *before = malloc(layout.size);
            CHECK(before != NULL);
            memcpy(before, pixels, layout.size);
            struct lender lender = { 0, pixels };
            OK(DIO_WrapPixels(pixels, &layout, take_back, &lender, &lent));
            same_results(lent, image);
            CHECK(memcmp(before, pixels, layout.size) == 0 && lender.released == 0);
            DIO_FreeImageData(lent);
            CHECK(lender.released == 1);
            free(before);
            free(pixels);
            DIO_FreeImageData(image);
        }
    }
}

static void documents_take_lent_pages(void)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.format = DIO_IFF_TIFF;
    DIO_ImageData *image = make_image(13, 7, DIO_IPF_BINARY);
    uint8_t *bytes[2] = { NULL, NULL };
    size_t sizes[2] = { 0, 0 };
    for (int lend = 0; lend < 2; lend++) {
        DIO_Writer *writer = NULL;
        OK(DIO_WriterOpenMemory(&options, &writer));
        for (int page = 0; page < 3; page++) {
            DIO_PixelLayout layout;
            uint8_t *pixels = padded_copy(image, 5, &layout);
            struct lender lender = { 0, pixels };
            DIO_ImageData *page_image = NULL;
            if (lend)
                OK(DIO_WrapPixels(pixels, &layout, take_back, &lender, &page_image));
            else
                OK(DIO_ReadFromPixels(pixels, &layout, &page_image));
            OK(DIO_WriterAddPage(writer, page_image, NULL));
            DIO_FreeImageData(page_image);
            CHECK(lender.released == lend);
            free(pixels);
        }
        OK(DIO_WriterFinishToMemory(writer, &bytes[lend], &sizes[lend]));
        DIO_FreeWriter(writer);
    }
    CHECK(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
    DIO_FreeBytes(bytes[0]);
    DIO_FreeBytes(bytes[1]);
    DIO_FreeImageData(image);
}

int main(void)
{
    pixels_stay_where_they_are();
    a_failure_releases_nothing();
    every_use_equals_that_of_a_copy();
    documents_take_lent_pages();
    return EXIT_SUCCESS;
}
