/* Reads while memory runs out: from every source, into every kind of pixels. PDF is in test_no_memory_pdf.c. */
#include "trials.h"

/* An encoded file and how it is read. */
typedef struct {
    uint8_t *bytes;
    size_t size, at;
    const char *path;
    DIO_ReadOptions options;
} encoded;

static DIO_ErrorCode read_memory(const void *argument)
{
    const encoded *file = argument;
    DIO_ImageData *image = no_image;
    DIO_ErrorCode code = DIO_ReadFromMemoryWithOptions(file->bytes, file->size, &file->options, &image);
    return took(code, image);
}

static DIO_ErrorCode read_path(const void *argument)
{
    const encoded *file = argument;
    DIO_ImageData *image = no_image;
    DIO_ErrorCode code = DIO_ReadFromFileWithOptions(file->path, &file->options, &image);
    return took(code, image);
}

static int64_t give(void *user, uint8_t *to, size_t n)
{
    encoded *file = user;
    size_t left = file->size - file->at;
    n = n < left ? n : left;
    memcpy(to, file->bytes + file->at, n);
    file->at += n;
    return (int64_t)n;
}

static int64_t seek_in(void *user, int64_t offset, int32_t whence)
{
    encoded *file = user;
    int64_t base = whence == 0 ? 0 : whence == 1 ? (int64_t)file->at : (int64_t)file->size;
    if (base + offset < 0)
        return -1;
    file->at = (size_t)(base + offset) < file->size ? (size_t)(base + offset) : file->size;
    return base + offset;
}

static DIO_ErrorCode read_through(const encoded *from, DIO_SeekFn seek)
{
    encoded file = *from;
    DIO_Stream stream = { sizeof stream, 0, &file, give, NULL, seek };
    DIO_Reader *reader = (DIO_Reader *)no_image;
    DIO_ImageData *image = no_image;
    DIO_ErrorCode code = DIO_ReaderOpenStream(&stream, &file.options, &reader);
    if (code != DIO_EC_OK) {
        CHECK(reader == (DIO_Reader *)no_image);
        return code;
    }
    code = DIO_ReaderReadPage(reader, file.options.page, &image);
    code = took(code, image);
    DIO_FreeReader(reader);
    return code;
}

static DIO_ErrorCode read_stream(const void *argument)
{
    return read_through(argument, NULL);
}

static DIO_ErrorCode read_seekable(const void *argument)
{
    return read_through(argument, seek_in);
}

/* A reader that lacked memory reads when there is some. */
static DIO_ErrorCode read_again(const void *argument)
{
    const encoded *file = argument;
    DIO_Reader *reader = NULL;
    DIO_ImageData *image = no_image;
    DIO_ErrorCode code = DIO_ReaderOpenMemory(file->bytes, file->size, &file->options, &reader);
    if (code != DIO_EC_OK)
        return code;
    code = DIO_ReaderReadPage(reader, file->options.page, &image);
    code = took(code, image);
    if (code != DIO_EC_OK) {
        DIO_ImageData *second = NULL;
        OK(DIO_ReaderReadPage(reader, file->options.page, &second));
        DIO_FreeImageData(second);
    }
    DIO_FreeReader(reader);
    return code;
}

/* From every source, where `all`. */
static void in_every_way(const char *name, encoded *file, int all)
{
    static const struct {
        const char *name;
        int32_t orientation;
        DIO_ImagePixelFormat format;
        uint32_t threads;
    } ways[] = { { "as stored", 0, DIO_IPF_AS_STORED, 0 },
                 { "upright, 2 threads", DIO_ORIENTATION_APPLY, DIO_IPF_RGB_888, 2 },
                 { "NV12", 0, DIO_IPF_NV12, 0 },
                 { "16 bits", 0, DIO_IPF_ARGB_16161616, 0 } };
    static const struct {
        const char *name;
        attempt attempt;
    } sources[] = { { "memory", read_memory }, { "file", read_path }, { "stream", read_stream },
                    { "seekable stream", read_seekable }, { "again", read_again } };
    char what[160];
    int everything = getenv("DIO_LONG") != NULL;
    for (size_t way = 0; way < (all || everything ? sizeof ways / sizeof ways[0] : 1); way++) {
        DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
        options.orientation = ways[way].orientation;
        options.pixel_format = ways[way].format;
        options.threads = ways[way].threads;
        options.dpi = 100;
        file->options = options;
        for (size_t from = 0; from < (way == 0 && all ? sizeof sources / sizeof sources[0] : 1); from++) {
            snprintf(what, sizeof what, "read %s, %s, %s", name, ways[way].name, sources[from].name);
            trial(what, sources[from].attempt, file);
        }
    }
}

/* What was saved in a way is read. */
static void through(const char *kind, DIO_ImageData *image, const char *format_name, DIO_SaveOptions options)
{
    char name[100];
    encoded file = { 0 };
    file.path = in_folder(folder, "a.out");
    snprintf(name, sizeof name, "%s of %s", format_name, kind);
    OK(DIO_SaveToMemoryWithOptions(image, options.format, &options, &file.bytes, &file.size));
    write_file(file.path, file.bytes, file.size);
    in_every_way(name, &file, strcmp(kind, "colour") == 0);
    DIO_FreeBytes(file.bytes);
    unlink(file.path);
}

static void every_format(const char *kind, DIO_ImageData *image)
{
    for (size_t at = 0; at < sizeof all_formats / sizeof all_formats[0]; at++) {
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        if (all_formats[at].format == DIO_IFF_PDF)
            continue;
        /* They die often, one process each. */
        if (strstr(kind, "wide") != NULL && all_formats[at].compression == DIO_COMPRESSION_ZSTD)
            continue;
        options.format = all_formats[at].format;
        options.compression = all_formats[at].compression;
        through(kind, image, all_formats[at].name, options);
    }
}

/* What is read and not written. */
static void read_only(const char *data)
{
    static const char *const names[] = { "lzma.tif", "webp.tif", "frames.webp", "lossy.webp" };
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        static uint8_t bytes[1 << 20];
        encoded file = { bytes, 0, 0, in_folder(data, names[at]), DIO_READ_OPTIONS_INIT };
        file.size = read_file(file.path, bytes, sizeof bytes);
        in_every_way(names[at], &file, 1);
    }
}

static void all(const char *data)
{
    every_kind(every_format);
    read_only(data);
}

int main(int argc, char **argv)
{
    return try_all(all, data_folder(argc, argv));
}
