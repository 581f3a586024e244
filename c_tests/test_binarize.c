/* DIO_ImageDataBinarize, the save option of the same name, and DIO_ImageDataSetMetadata. */

#include "support.h"

enum { WIDTH = 24, HEIGHT = 12, ROW = WIDTH / 8 };

/* Ink on paper that grows lighter to the right. */
static DIO_ImageData *make_page(void)
{
    uint8_t grays[WIDTH * HEIGHT];
    for (int at = 0; at < WIDTH * HEIGHT; at++) {
        int x = at % WIDTH, y = at / WIDTH;
        grays[at] = (uint8_t)(90 + 6 * x - ((x / 3 + 2 * y) % 4 == 0 ? 70 : 0) + at * 13 % 11);
    }
    DIO_PixelLayout layout = { sizeof layout, WIDTH, HEIGHT, DIO_IPF_GRAYSCALED, 90, 0, WIDTH, sizeof grays };
    DIO_ImageData *image = NULL;
    OK(DIO_ReadFromPixels(grays, &layout, &image));
    OK(DIO_ImageDataSetResolution(image, 200, 100));
    return image;
}

/* Rows and columns of the image that equal `expected`, but for `edge` pixels around. */
static void has_bits(const DIO_ImageData *bilevel, const uint8_t *expected, int edge)
{
    CHECK(DIO_ImageDataGetPixelFormat(bilevel) == DIO_IPF_BINARY);
    CHECK(DIO_ImageDataGetBytesLength(bilevel) == ROW * HEIGHT);
    const uint8_t *bits = DIO_ImageDataGetBytes(bilevel);
    for (int y = edge; y < HEIGHT - edge; y++)
        for (int x = edge; x < WIDTH - edge; x++)
            CHECK(((bits[y * ROW + x / 8] ^ expected[y * ROW + x / 8]) >> (7 - x % 8) & 1) == 0);
}

/* What scikit-image's threshold_otsu (146) parts. */
static const uint8_t otsu[] = {
    0x00, 0x71, 0xFF, 0x00, 0x3F, 0xC7, 0x00, 0x71, 0xFF, 0x00, 0x7F, 0xCF, 0x00, 0xB1, 0xFF, 0x00, 0x7F, 0xC7,
    0x00, 0x71, 0xFF, 0x00, 0x3F, 0xC7, 0x00, 0x71, 0xFF, 0x00, 0x7F, 0xCF, 0x00, 0x71, 0xFF, 0x00, 0x7F, 0xCF,
};

static void methods_agree_with_others(void)
{
    /* scikit-image's threshold_sauvola(window_size=5, k=0.2, r=128), which mirrors at the edges. */
    static const uint8_t sauvola[] = {
        0x1F, 0xF1, 0xFF, 0xFC, 0x7F, 0xC7, 0x1F, 0xF1, 0xFF, 0xFC, 0x7F, 0xC7, 0x1F, 0xF1, 0xFF, 0xFC, 0x7F, 0xC7,
        0x1F, 0xF1, 0xFF, 0xFC, 0x7F, 0xC7, 0x1F, 0xF1, 0xFF, 0xFC, 0x7F, 0xC7, 0x1F, 0xF1, 0xFF, 0xFC, 0x7F, 0xC7,
    };
    /* The formula, worked out in another language over a whole table of errors. */
    static const uint8_t diffused[] = {
        0x15, 0x6B, 0xFF, 0x48, 0xAD, 0x4F, 0x16, 0xB2, 0xFB, 0x50, 0xAF, 0xAF, 0x17, 0x51, 0x7B, 0x54, 0x7F, 0xCF,
        0x0A, 0xA1, 0x7F, 0x54, 0x5F, 0xD7, 0x15, 0xB1, 0x7D, 0x54, 0x5F, 0xA7, 0x0B, 0x61, 0x7F, 0x54, 0x5F, 0xD7,
    };
    DIO_ImageData *page = make_page(), *made = NULL;
    OK(DIO_ImageDataBinarize(page, NULL, &made));
    has_bits(made, otsu, 0);
    CHECK(DIO_ImageDataGetOrientation(made) == 90);
    double across = 0, down = 0;
    OK(DIO_ImageDataGetResolution(made, &across, &down));
    CHECK(across == 200 && down == 100);

    DIO_ImageData *again = NULL;
    OK(DIO_ImageDataBinarize(made, NULL, &again));
    CHECK(same_pixels(made, again));
    DIO_FreeImageData(again);
    DIO_FreeImageData(made);

    DIO_BinarizeOptions how = DIO_BINARIZE_OPTIONS_INIT;
    how.method = DIO_BINARIZE_THRESHOLD, how.threshold = 147;
    OK(DIO_ImageDataBinarize(page, &how, &made));
    has_bits(made, otsu, 0);
    DIO_FreeImageData(made);

    how.method = DIO_BINARIZE_SAUVOLA, how.window = 5, how.k = 0.2;
    OK(DIO_ImageDataBinarize(page, &how, &made));
    has_bits(made, sauvola, 3);
    DIO_FreeImageData(made);

    how.method = DIO_BINARIZE_FLOYD_STEINBERG, how.threshold = 128;
    OK(DIO_ImageDataBinarize(page, &how, &made));
    has_bits(made, diffused, 0);
    DIO_FreeImageData(made);
    DIO_FreeImageData(page);
}

static void options_are_checked(void)
{
    DIO_ImageData *page = make_page(), *made = NULL;
    DIO_BinarizeOptions fresh, good = DIO_BINARIZE_OPTIONS_INIT, bad;
    OK(DIO_BinarizeOptions_Init(&fresh, sizeof fresh));
    CHECK(memcmp(&fresh, &good, sizeof good) == 0);
    FAILS(DIO_EC_NULL_POINTER, "`options`", DIO_BinarizeOptions_Init(NULL, sizeof fresh));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ImageDataBinarize(NULL, &good, &made));
    FAILS(DIO_EC_NULL_POINTER, "`bilevel`", DIO_ImageDataBinarize(page, &good, NULL));
    bad = good, bad.struct_size = 0;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "struct_size", DIO_ImageDataBinarize(page, &bad, &made));
    bad = good, bad.method = 4;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "method` is 4", DIO_ImageDataBinarize(page, &bad, &made));
    bad = good, bad.threshold = 256;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "threshold` is 256", DIO_ImageDataBinarize(page, &bad, &made));
    bad = good, bad.threshold = -1;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "threshold` is -1", DIO_ImageDataBinarize(page, &bad, &made));
    bad = good, bad.window = 1024;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "window is 1024", DIO_ImageDataBinarize(page, &bad, &made));
    bad = good, bad.k = 1.5;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "k is 1.5", DIO_ImageDataBinarize(page, &bad, &made));
    CHECK(made == NULL);
    DIO_FreeImageData(page);
}

static void a_save_takes_the_same_options(void)
{
    DIO_ImageData *page = make_page(), *back = NULL;
    DIO_BinarizeOptions how = DIO_BINARIZE_OPTIONS_INIT;
    how.method = DIO_BINARIZE_THRESHOLD, how.threshold = 147;
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.binarize = &how;
    uint8_t *bytes = NULL;
    size_t size = 0;
    OK(DIO_SaveToMemoryWithOptions(page, DIO_IFF_TIFF, &options, &bytes, &size));
    OK(DIO_ReadFromMemory(bytes, size, &back));
    has_bits(back, otsu, 0);
    DIO_FreeImageData(back);
    DIO_FreeBytes(bytes);

    /* Fax data of grays are parted by Otsu. */
    options.binarize = NULL;
    options.compression = DIO_COMPRESSION_G4;
    OK(DIO_SaveToMemoryWithOptions(page, DIO_IFF_TIFF, &options, &bytes, &size));
    OK(DIO_ReadFromMemory(bytes, size, &back));
    has_bits(back, otsu, 0);
    DIO_FreeImageData(back);
    DIO_FreeBytes(bytes);

    how.threshold = 300;
    options.binarize = &how;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "options->binarize->threshold",
          DIO_SaveToMemoryWithOptions(page, DIO_IFF_TIFF, &options, &bytes, &size));
    DIO_FreeImageData(page);
}

static void metadata_are_set_and_removed(void)
{
    DIO_ImageData *page = make_page(), *made = NULL;
    const uint8_t *lent = NULL;
    size_t size = 1;

    uint8_t profile[128] = { 0 };
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "ICC", DIO_ImageDataSetMetadata(page, DIO_METADATA_ICC, profile, 128));
    memcpy(profile + 36, "acsp", 4);
    memcpy(profile + 16, "GRAY", 4);
    OK(DIO_ImageDataSetMetadata(page, DIO_METADATA_ICC, profile, sizeof profile));
    OK(DIO_ImageDataGetMetadata(page, DIO_METADATA_ICC, &lent, &size));
    CHECK(lent != profile && size == sizeof profile && memcmp(lent, profile, size) == 0);
    OK(DIO_ImageDataBinarize(page, NULL, &made));
    OK(DIO_ImageDataGetMetadata(made, DIO_METADATA_ICC, &lent, &size));
    CHECK(size == sizeof profile);
    DIO_FreeImageData(made);

    /* A profile of colours says nothing about black and white. */
    DIO_ImageData *colour = make_colour(5, 5);
    memcpy(profile + 16, "RGB ", 4);
    OK(DIO_ImageDataSetMetadata(colour, DIO_METADATA_ICC, profile, sizeof profile));
    OK(DIO_ImageDataBinarize(colour, NULL, &made));
    OK(DIO_ImageDataGetMetadata(made, DIO_METADATA_ICC, &lent, &size));
    CHECK(lent == NULL && size == 0);
    DIO_FreeImageData(made);
    DIO_FreeImageData(colour);

    /* Orientation 3, after the prefix of JPEG: what is kept begins with the TIFF header and says 6, 90 degrees. */
    static const uint8_t exif[] = { 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0,
                                    0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0 };
    OK(DIO_ImageDataSetMetadata(page, DIO_METADATA_EXIF, exif, sizeof exif));
    OK(DIO_ImageDataGetMetadata(page, DIO_METADATA_EXIF, &lent, &size));
    CHECK(size == sizeof exif - 6 && memcmp(lent, exif + 6, 18) == 0 && lent[18] == 6);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "EXIF", DIO_ImageDataSetMetadata(page, DIO_METADATA_EXIF, exif, 6));
    OK(DIO_ImageDataGetMetadata(page, DIO_METADATA_EXIF, &lent, &size));
    CHECK(size == sizeof exif - 6);

    OK(DIO_ImageDataSetMetadata(page, DIO_METADATA_XMP, (const uint8_t *)"<x/>", 4));
    OK(DIO_ImageDataSetMetadata(page, DIO_METADATA_XMP, NULL, 0));
    OK(DIO_ImageDataGetMetadata(page, DIO_METADATA_XMP, &lent, &size));
    CHECK(lent == NULL && size == 0);

    FAILS(DIO_EC_NULL_POINTER, "`bytes`", DIO_ImageDataSetMetadata(page, DIO_METADATA_XMP, NULL, 4));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ImageDataSetMetadata(NULL, DIO_METADATA_XMP, exif, 4));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "kind", DIO_ImageDataSetMetadata(page, 9, exif, 4));
    size_t large = ((size_t)16 << 20) + 1;
    uint8_t *text = calloc(large, 1);
    CHECK(text != NULL);
    RETURNS(DIO_EC_LIMIT_EXCEEDED, DIO_ImageDataSetMetadata(page, DIO_METADATA_XMP, text, large));
    OK(DIO_ImageDataSetMetadata(page, DIO_METADATA_XMP, text, large - 1));
    free(text);
    DIO_FreeImageData(page);
}

int main(void)
{
    methods_agree_with_others();
    options_are_checked();
    a_save_takes_the_same_options();
    metadata_are_set_and_removed();
    return EXIT_SUCCESS;
}
