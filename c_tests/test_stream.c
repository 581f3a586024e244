#include "support.h"

/* Bytes behind a stream that gives few at a time and can be made to fail. */
struct stream {
    const uint8_t *bytes;
    size_t size, at, fail_after, given;
};

static int64_t give(void *user, uint8_t *to, size_t n)
{
    struct stream *s = user;
    if (s->given >= s->fail_after)
        return -5;
    size_t left = s->size - s->at;
    if (n > left)
        n = left;
    if (n > 1000)
        n = 1000;
    if (n > s->fail_after - s->given)
        n = s->fail_after - s->given;
    if (n > 0)
        memcpy(to, s->bytes + s->at, n);
    s->at += n;
    s->given += n;
    return (int64_t)n;
}

static int64_t move(void *user, int64_t offset, int32_t whence)
{
    struct stream *s = user;
    int64_t from = whence == 0 ? 0 : whence == 1 ? (int64_t)s->at : (int64_t)s->size;
    if (from + offset < 0 || from + offset > (int64_t)s->size)
        return -1;
    s->at = (size_t)(from + offset);
    return (int64_t)s->at;
}

static const DIO_ImageFileFormat all[] = { DIO_IFF_JPEG, DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_GIF, DIO_IFF_TIFF,
                                           DIO_IFF_PDF,  DIO_IFF_PNM, DIO_IFF_TGA, DIO_IFF_QOI };

static void file_memory_and_stream_give_the_same_pixels(void)
{
    DIO_ImageData *image = make_colour(50, 40);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        DIO_ImageData *plain = NULL;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
        OK(DIO_ReadFromMemory(bytes, size, &plain));
        for (int kind = 0; kind < 3; kind++) {
            /* With seek, without, and with the image in the middle of something else. */
            size_t before = kind == 2 ? 100 : 0;
            uint8_t *padded = calloc(before + size, 1);
            CHECK(padded != NULL);
            memcpy(padded + before, bytes, size);
            struct stream state = { padded, before + size, before, SIZE_MAX, 0 };
            DIO_Stream stream = { sizeof stream, 0, &state, give, NULL, kind == 1 ? NULL : move };
            DIO_Reader *reader = NULL;
            DIO_ImageData *streamed = NULL;
            OK(DIO_ReaderOpenStream(&stream, NULL, &reader));
            memset(&stream, 0xAA, sizeof stream);
            OK(DIO_ReaderReadPage(reader, 0, &streamed));
            CHECK(same_pixels(plain, streamed));
            DIO_FreeImageData(streamed);
            DIO_FreeReader(reader);
            free(padded);
        }
        DIO_FreeImageData(plain);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void a_stream_that_fails_is_no_damaged_file(void)
{
    DIO_ImageData *image = make_colour(200, 150);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
        for (int seekable = 0; seekable < 2; seekable++) {
            for (size_t after = 0; after < size; after += 1 + size / 9) {
                struct stream state = { bytes, size, 0, after, 0 };
                DIO_Stream stream = { sizeof stream, 0, &state, give, NULL, seekable ? move : NULL };
                DIO_Reader *reader = NULL;
                DIO_ImageData *back = NULL;
                DIO_ErrorCode code = DIO_ReaderOpenStream(&stream, NULL, &reader);
                if (code == DIO_EC_OK)
                    code = DIO_ReaderReadPage(reader, 0, &back);
                CHECK(code == DIO_EC_IO_FAILED);
                CHECK(strstr(DIO_GetLastErrorMessage(), "read callback failed (-5) after") != NULL);
                CHECK(back == NULL);
                DIO_FreeReader(reader);
            }
        }
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static int64_t lie(void *user, uint8_t *to, size_t n)
{
    (void)user, (void)to;
    return (int64_t)n + 1;
}

static int64_t refuse(void *user, int64_t offset, int32_t whence)
{
    (void)user, (void)offset, (void)whence;
    return -7;
}

static int64_t endless(void *user, uint8_t *to, size_t n)
{
    (void)user;
    memset(to, 'x', n);
    return (int64_t)n;
}

static void streams_that_misbehave_are_found_out(void)
{
    DIO_Stream stream = { sizeof stream, 0, NULL, NULL, NULL, NULL };
    DIO_Reader *reader = NULL;
    DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
    FAILS(DIO_EC_NULL_POINTER, "stream->read", DIO_ReaderOpenStream(&stream, NULL, &reader));
    stream.read = lie;
    FAILS(DIO_EC_IO_FAILED, "returned", DIO_ReaderOpenStream(&stream, NULL, &reader));
    stream.seek = refuse;
    FAILS(DIO_EC_IO_FAILED, "seek callback failed (-7)", DIO_ReaderOpenStream(&stream, NULL, &reader));
    stream.seek = NULL;
    stream.read = endless;
    o.max_memory = 1 << 20;
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_memory is 1048576", DIO_ReaderOpenStream(&stream, &o, &reader));
    stream.struct_size = 5;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "stream->struct_size", DIO_ReaderOpenStream(&stream, NULL, &reader));
    CHECK(reader == NULL);
}

int main(void)
{
    file_memory_and_stream_give_the_same_pixels();
    a_stream_that_fails_is_no_damaged_file();
    streams_that_misbehave_are_found_out();
    return EXIT_SUCCESS;
}
