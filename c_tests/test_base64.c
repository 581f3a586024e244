#include "support.h"

/* A bitmap of 2 x 1 pixels: blue, then red. */
#define BITMAP "Qk0+AAAAAAAAADYAAAAoAAAAAgAAAAEAAAABABgAAAAAAAgAAAATCwAAEwsAAAAAAAAAAAAA/wAAAAD/AAA="

static const uint8_t two_pixels[6] = { 255, 0, 0, 0, 0, 255 };

static void reads_as(const char *text)
{
    DIO_ImageData *image = NULL;
    OK(DIO_ReadFromBase64(text, &image));
    CHECK(DIO_ImageDataGetFileFormat(image) == DIO_IFF_BMP);
    CHECK(DIO_ImageDataGetFilePath(image) == NULL);
    CHECK(DIO_ImageDataGetPixelFormat(image) == DIO_IPF_RGB_888 && DIO_ImageDataGetWidth(image) == 2);
    CHECK(memcmp(DIO_ImageDataGetBytes(image), two_pixels, sizeof two_pixels) == 0);
    DIO_FreeImageData(image);
}

static void text_is_read_with_spaces_without_padding_and_from_urls(void)
{
    char text[1024];
    reads_as(BITMAP);
    reads_as("data:image/bmp;base64," BITMAP);
    /* The content decides, not the media type. */
    reads_as(" DATA:image/png;charset=x;BASE64, " BITMAP "\n");
    snprintf(text, sizeof text, "%.*s", (int)strlen(BITMAP) - 1, BITMAP);
    reads_as(text);
    size_t to = 0;
    for (const char *from = BITMAP; *from; from++) {
        text[to++] = *from;
        if (to % 3 == 0) {
            text[to] = "\r\n\t "[to % 4];
            to++;
        }
    }
    text[to] = 0;
    reads_as(text);
}

static void what_is_no_base64_says_where(void)
{
    DIO_ImageData *image = NULL;
    FAILS(DIO_EC_NULL_POINTER, "`text`", DIO_ReadFromBase64(NULL, &image));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ReadFromBase64(BITMAP, NULL));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "empty", DIO_ReadFromBase64("", &image));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "", DIO_ReadFromBase64("Zm9vYmFy", &image));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "character 4 (from 0) is `-`", DIO_ReadFromBase64("Qk0+-AAA", &image));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "character 23 (from 0) is `*`",
          DIO_ReadFromBase64("data:image/bmp;base64,Q*0+", &image));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "character 4 (from 0) comes after the padding",
          DIO_ReadFromBase64("Qk==Qk==", &image));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "cut", DIO_ReadFromBase64("Qk0+Q", &image));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "comma", DIO_ReadFromBase64("data:image/bmp;base64", &image));
    FAILS(DIO_EC_FEATURE_NOT_SUPPORTED, "not in base64", DIO_ReadFromBase64("data:text/plain,Qk0+", &image));
    CHECK(image == NULL);
}

static void options_and_limits_hold(void)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    DIO_ImageData *image = NULL;
    options.pixel_format = DIO_IPF_BGR_888;
    OK(DIO_ReadFromBase64WithOptions(BITMAP, &options, &image));
    CHECK(DIO_ImageDataGetPixelFormat(image) == DIO_IPF_BGR_888);
    DIO_FreeImageData(image);
    image = NULL;
    options.max_width = 1;
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_width is 1", DIO_ReadFromBase64WithOptions(BITMAP, &options, &image));
    options.max_width = 0, options.max_memory = 50;
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_memory is 50", DIO_ReadFromBase64WithOptions(BITMAP, &options, &image));
    options.max_memory = 0, options.page = 1;
    FAILS(DIO_EC_PAGE_NUMBER_INVALID, "", DIO_ReadFromBase64WithOptions(BITMAP, &options, &image));
    CHECK(image == NULL);
    OK(DIO_ReadFromBase64WithOptions(BITMAP, NULL, &image));
    DIO_FreeImageData(image);
}

/* All lengths of the last group come from saving images of growing width. */
static void what_is_saved_is_what_memory_has(void)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (uint32_t width = 1; width <= 12; width++) {
        DIO_ImageData *image = make_image(width, 3, DIO_IPF_GRAYSCALED), *back = NULL;
        char *text = NULL;
        uint8_t *bytes = NULL;
        size_t size = 0;
        OK(DIO_SaveToBase64(image, DIO_IFF_TGA, &text));
        OK(DIO_SaveToMemory(image, DIO_IFF_TGA, &bytes, &size));
        CHECK(strlen(text) == (size + 2) / 3 * 4);
        for (size_t at = 0; at < size; at++) {
            /* The two characters that hold byte `at`. */
            size_t first = at / 3 * 4 + at % 3;
            unsigned a = (unsigned)(strchr(alphabet, text[first]) - alphabet);
            unsigned b = (unsigned)(strchr(alphabet, text[first + 1]) - alphabet);
            CHECK((uint8_t)((a << 6 | b) >> (4 - at % 3 * 2)) == bytes[at]);
        }
        for (size_t at = size; at % 3 != 0; at++)
            CHECK(text[(at / 3 + 1) * 4 - 3 + at % 3] == '=');
        OK(DIO_ReadFromBase64(text, &back));
        CHECK(same_pixels(image, back));
        DIO_FreeBytes(text);
        DIO_FreeBytes(bytes);
        DIO_FreeImageData(image);
        DIO_FreeImageData(back);
    }
}

static void saving_checks_its_arguments(void)
{
    DIO_ImageData *image = make_colour(2, 2);
    char *text = NULL;
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_SaveToBase64(NULL, DIO_IFF_PNG, &text));
    FAILS(DIO_EC_NULL_POINTER, "`text`", DIO_SaveToBase64(image, DIO_IFF_PNG, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is -1", DIO_SaveToBase64(image, DIO_IFF_AUTO, &text));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is 99", DIO_SaveToBase64(image, 99, &text));
    CHECK(text == NULL);
    DIO_FreeImageData(image);
}

int main(void)
{
    text_is_read_with_spaces_without_padding_and_from_urls();
    what_is_no_base64_says_where();
    options_and_limits_hold();
    what_is_saved_is_what_memory_has();
    saving_checks_its_arguments();
    return EXIT_SUCCESS;
}
