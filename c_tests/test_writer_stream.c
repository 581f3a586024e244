/* Documents written to streams of the caller's: slow ones, failing ones, with and without a way back. */
#include "output.h"

static const DIO_ImageFileFormat formats[] = { DIO_IFF_TIFF, DIO_IFF_PDF, DIO_IFF_PNG, DIO_IFF_JPEG };
#define FORMATS (sizeof formats / sizeof formats[0])

static size_t pages_for(DIO_ImageFileFormat format)
{
    return format == DIO_IFF_TIFF || format == DIO_IFF_PDF ? 3 : 1;
}

static DIO_ErrorCode write_pages(const DIO_Stream *stream, DIO_ImageFileFormat format, const DIO_ImageData *image)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    DIO_Writer *writer = NULL;
    options.format = format;
    DIO_ErrorCode code = DIO_WriterOpenStream(stream, &options, &writer);
    CHECK((writer != NULL) == (code == DIO_EC_OK));
    for (size_t page = 0; code == DIO_EC_OK && page < pages_for(format); page++)
        code = DIO_WriterAddPage(writer, image, NULL);
    if (code == DIO_EC_OK)
        code = DIO_WriterFinish(writer);
    DIO_FreeWriter(writer);
    return code;
}

static void check_pages(const uint8_t *bytes, size_t size, DIO_ImageFileFormat format, const DIO_ImageData *image)
{
    DIO_Reader *reader = NULL;
    size_t count = 0;
    OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
    OK(DIO_ReaderGetPageCount(reader, &count));
    CHECK(count == pages_for(format));
    for (size_t page = 0; page < count && format == DIO_IFF_TIFF; page++) {
        DIO_ReadOptions as_made = DIO_READ_OPTIONS_INIT;
        DIO_ImageData *read = NULL;
        as_made.pixel_format = DIO_IPF_BGR_888;
        OK(DIO_ReaderReadPageWithOptions(reader, page, &as_made, &read));
        CHECK(same_pixels(read, image));
        DIO_FreeImageData(read);
    }
    DIO_FreeReader(reader);
}

static void slow_streams_get_the_same_bytes(void)
{
    DIO_ImageData *image = make_colour(20, 15);
    for (size_t at = 0; at < FORMATS; at++) {
        for (int seekable = 0; seekable < 2; seekable++) {
            struct output fast = output(), slow = output(), inside = output();
            slow.most = 7;
            DIO_Stream stream = stream_to(&fast, seekable);
            OK(write_pages(&stream, formats[at], image));
            check_pages(fast.bytes, fast.size, formats[at], image);
            stream = stream_to(&slow, seekable);
            OK(write_pages(&stream, formats[at], image));
            CHECK(slow.size == fast.size && memcmp(slow.bytes, fast.bytes, fast.size) == 0);
            /* From where the stream stands, in the middle of something else. */
            CHECK(take(&inside, (const uint8_t *)"precious", 8) == 8);
            stream = stream_to(&inside, seekable);
            OK(write_pages(&stream, formats[at], image));
            CHECK(inside.size == 8 + fast.size && memcmp(inside.bytes, "precious", 8) == 0);
            CHECK(memcmp(inside.bytes + 8, fast.bytes, fast.size) == 0);
            free(fast.bytes);
            free(slow.bytes);
            free(inside.bytes);
        }
    }
    DIO_FreeImageData(image);
}

static void a_stream_may_fail_after_any_byte(void)
{
    DIO_ImageData *image = make_colour(6, 5);
    for (size_t at = 0; at < FORMATS; at++) {
        for (int seekable = 0; seekable < 2; seekable++) {
            struct output whole = output();
            DIO_Stream stream = stream_to(&whole, seekable);
            OK(write_pages(&stream, formats[at], image));
            for (size_t after = 0; after < whole.taken; after++) {
                struct output failing = output();
                failing.fail_after = after;
                stream = stream_to(&failing, seekable);
                FAILS(DIO_EC_FILE_SAVE_FAILED, "write callback failed (-5) after",
                      write_pages(&stream, formats[at], image));
                CHECK(failing.taken == after);
                free(failing.bytes);
            }
            free(whole.bytes);
        }
    }
    DIO_FreeImageData(image);
}

/* A write that fails in the middle leaves bytes behind: what comes after must not pass for a document. */
static void a_stream_that_failed_once_takes_no_more(void)
{
    DIO_ImageData *image = make_colour(6, 5);
    for (size_t at = 0; at < FORMATS; at++) {
        for (int seekable = 0; seekable < 2; seekable++) {
            struct output whole = output();
            DIO_Stream stream = stream_to(&whole, seekable);
            OK(write_pages(&stream, formats[at], image));
            for (size_t after = 0; after < whole.taken; after++) {
                struct output failing = output();
                DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
                DIO_Writer *writer = NULL;
                failing.fail_after = after;
                failing.most = 3;
                failing.once = 1;
                stream = stream_to(&failing, seekable);
                options.format = formats[at];
                DIO_ErrorCode code = DIO_WriterOpenStream(&stream, &options, &writer);
                size_t pages = 0;
                while (code == DIO_EC_OK && pages < pages_for(formats[at])) {
                    code = DIO_WriterAddPage(writer, image, NULL);
                    pages++;
                }
                if (code != DIO_EC_OK && writer != NULL) {
                    FAILS(DIO_EC_FILE_SAVE_FAILED, "earlier page", DIO_WriterAddPage(writer, image, NULL));
                    FAILS(DIO_EC_FILE_SAVE_FAILED, "earlier page", DIO_WriterFinish(writer));
                } else if (writer != NULL) {
                    RETURNS(DIO_EC_FILE_SAVE_FAILED, DIO_WriterFinish(writer));
                }
                DIO_FreeWriter(writer);
                free(failing.bytes);
            }
            free(whole.bytes);
        }
    }
    DIO_FreeImageData(image);
}

static int64_t nothing(void *user, const uint8_t *from, size_t n)
{
    (void)user, (void)from, (void)n;
    return 0;
}

static int64_t lie(void *user, const uint8_t *from, size_t n)
{
    (void)user, (void)from;
    return (int64_t)n + 1;
}

static int64_t refuse(void *user, int64_t offset, int32_t whence)
{
    (void)user, (void)offset, (void)whence;
    return -7;
}

static void streams_that_misbehave_are_found_out(void)
{
    DIO_ImageData *image = make_colour(6, 5);
    struct output out = output();
    DIO_Stream stream = stream_to(&out, 0);
    stream.write = nothing;
    FAILS(DIO_EC_FILE_SAVE_FAILED, "returned 0 for", write_pages(&stream, DIO_IFF_TIFF, image));
    stream.write = lie;
    FAILS(DIO_EC_FILE_SAVE_FAILED, "write callback returned", write_pages(&stream, DIO_IFF_PDF, image));
    stream = stream_to(&out, 1);
    stream.seek = refuse;
    FAILS(DIO_EC_FILE_SAVE_FAILED, "seek callback failed (-7)", write_pages(&stream, DIO_IFF_TIFF, image));
    stream.struct_size = 5;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "stream->struct_size", write_pages(&stream, DIO_IFF_TIFF, image));
    CHECK(out.size == 0);
    DIO_FreeImageData(image);
}

int main(void)
{
    slow_streams_get_the_same_bytes();
    a_stream_may_fail_after_any_byte();
    a_stream_that_failed_once_takes_no_more();
    streams_that_misbehave_are_found_out();
    return EXIT_SUCCESS;
}
