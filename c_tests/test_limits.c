#include "support.h"

static const DIO_ImageFileFormat all[] = { DIO_IFF_JPEG, DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_GIF,
                                           DIO_IFF_TIFF, DIO_IFF_PDF, DIO_IFF_QOI };

static void every_limit_is_named_with_its_value_and_the_need(void)
{
    DIO_ImageData *image = make_colour(400, 300);
    OK(DIO_ImageDataSetResolution(image, 300, 300));
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageData *back = NULL;
        DIO_ReadOptions good = DIO_READ_OPTIONS_INIT, o;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
#define LIMITED(words) FAILS(DIO_EC_LIMIT_EXCEEDED, words, DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back))
        o = good, o.max_width = 399;
        LIMITED("max_width is 399, but 400 would be needed");
        o = good, o.max_height = 299;
        LIMITED("max_height is 299, but 300 would be needed");
        o = good, o.max_pixels = 119999;
        LIMITED("max_pixels is 119999, but 120000 would be needed");
        o = good, o.max_memory = 100000;
        LIMITED("max_memory is 100000");
        CHECK(back == NULL);
        /* Exactly enough is enough, and zero is the default. */
        o = good, o.max_width = 400, o.max_height = 300, o.max_pixels = 120000, o.max_memory = 0;
        OK(DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
        DIO_FreeImageData(back);
        back = NULL;
        o = good, o.max_width = o.max_height = o.max_pixels = o.max_memory = UINT64_MAX;
        OK(DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void limits_hold_before_memory_is_asked_for(void)
{
    /* 60,000 x 60,000 RGB pixels in a BMP header and nothing behind it. */
    uint8_t bmp[58] = { 'B', 'M', 58 };
    bmp[10] = 54, bmp[14] = 40, bmp[26] = 1, bmp[28] = 24;
    bmp[18] = bmp[22] = 0x60, bmp[19] = bmp[23] = 0xEA;
    DIO_ImageData *image = NULL;
    DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_pixels", DIO_ReadFromMemory(bmp, sizeof bmp, &image));
    o.max_pixels = o.max_memory = UINT64_MAX;
    RETURNS(DIO_EC_IMAGE_READ_FAILED, DIO_ReadFromMemoryWithOptions(bmp, sizeof bmp, &o, &image));
    CHECK(image == NULL);
}

static void pages_are_limited(const char *data)
{
    DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
    DIO_Reader *reader = NULL;
    o.max_pages = 1;
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_pages is 1", DIO_ReaderOpenFile(in_folder(data, "frames.gif"), &o, &reader));
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_pages is 1", DIO_ReaderOpenFile(in_folder(data, "frames.webp"), &o, &reader));
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_pages is 1", DIO_ReaderOpenFile(in_folder(data, "pages.tif"), &o, &reader));
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_pages is 1", DIO_ReaderOpenFile(in_folder(data, "pages.pdf"), &o, &reader));
    CHECK(reader == NULL);
}

static int32_t count_calls(void *user, uint64_t done, uint64_t total)
{
    uint64_t *calls = user;
    CHECK(total == 0 || done <= total);
    *calls += 1;
    return 0;
}

static int32_t cancel(void *user, uint64_t done, uint64_t total)
{
    (void)user, (void)total;
    return done > 10;
}

static void progress_is_told_and_can_cancel(void)
{
    static const DIO_ImageFileFormat rows[] = { DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_TIFF, DIO_IFF_GIF };
    /* 6 MB: TIFF tells of bands of a megabyte, the others of rows. */
    DIO_ImageData *image = make_colour(1000, 2000);
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        uint64_t calls = 0;
        DIO_ImageData *back = NULL;
        DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
        OK(DIO_SaveToMemory(image, rows[at], &bytes, &size));
        o.progress = count_calls;
        o.progress_user = &calls;
        OK(DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
        CHECK(calls >= 4);
        DIO_FreeImageData(back);
        back = NULL;
        o.progress = cancel;
        FAILS(DIO_EC_CANCELLED, "callback", DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
        CHECK(back == NULL);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void a_deadline_stops_a_call(void)
{
    DIO_ImageData *image = make_colour(4000, 4000), *back = NULL;
    DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
    uint8_t *bytes = NULL;
    size_t size = 0;
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, &size));
    o.deadline_ms = 1;
    FAILS(DIO_EC_TIMEOUT, "deadline of 1 ms", DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
    CHECK(back == NULL);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

int main(int argc, char **argv)
{
    every_limit_is_named_with_its_value_and_the_need();
    limits_hold_before_memory_is_asked_for();
    pages_are_limited(data_folder(argc, argv));
    progress_is_told_and_can_cancel();
    a_deadline_stops_a_call();
    return EXIT_SUCCESS;
}
