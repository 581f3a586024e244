/* Saves, documents and appending while memory runs out: what was there stays as it was. */
#include "trials.h"

/* An image and how it is saved. */
typedef struct {
    const DIO_ImageData *image;
    DIO_SaveOptions options;
    const char *path;
} picture;

static DIO_ErrorCode save_memory(const void *argument)
{
    const picture *it = argument;
    uint8_t *bytes = no_bytes;
    size_t size = 4711;
    DIO_ErrorCode code =
        DIO_SaveToMemoryWithOptions(it->image, it->options.format, &it->options, &bytes, &size);
    if (code != DIO_EC_OK)
        CHECK(bytes == no_bytes && size == 4711);
    else
        DIO_FreeBytes(bytes);
    return code;
}

static DIO_ErrorCode save_path(const void *argument)
{
    const picture *it = argument;
    char old[4] = "";
    write_file(it->path, "old", 3);
    DIO_ErrorCode code = DIO_SaveToFileWithOptions(it->image, it->path, 1, &it->options);
    if (code != DIO_EC_OK) {
        CHECK(read_file(it->path, old, sizeof old) == 3 && memcmp(old, "old", 3) == 0);
        CHECK(count_entries(folder) == 1);
    }
    return code;
}

static DIO_ErrorCode write_pages(DIO_Writer *writer, const picture *it)
{
    DIO_ErrorCode code = DIO_EC_OK;
    for (int page = 0; page < 2 && code == DIO_EC_OK; page++)
        code = DIO_WriterAddPage(writer, it->image, NULL);
    return code;
}

static DIO_ErrorCode write_memory(const void *argument)
{
    const picture *it = argument;
    DIO_Writer *writer = (DIO_Writer *)no_image;
    uint8_t *bytes = no_bytes;
    size_t size = 0;
    DIO_ErrorCode code = DIO_WriterOpenMemory(&it->options, &writer);
    if (code != DIO_EC_OK) {
        CHECK(writer == (DIO_Writer *)no_image);
        return code;
    }
    code = write_pages(writer, it);
    if (code == DIO_EC_OK)
        code = DIO_WriterFinishToMemory(writer, &bytes, &size);
    if (code != DIO_EC_OK)
        CHECK(bytes == no_bytes);
    else
        DIO_FreeBytes(bytes);
    DIO_FreeWriter(writer);
    return code;
}

static int64_t swallow(void *user, const uint8_t *from, size_t n)
{
    (void)user;
    (void)from;
    return (int64_t)n;
}

static DIO_ErrorCode write_stream(const void *argument)
{
    const picture *it = argument;
    DIO_Stream stream = { sizeof stream, 0, NULL, NULL, swallow, NULL };
    DIO_Writer *writer = NULL;
    DIO_ErrorCode code = DIO_WriterOpenStream(&stream, &it->options, &writer);
    if (code != DIO_EC_OK)
        return code;
    code = write_pages(writer, it);
    if (code == DIO_EC_OK)
        code = DIO_WriterFinish(writer);
    DIO_FreeWriter(writer);
    return code;
}

static DIO_ErrorCode append(const void *argument)
{
    const picture *it = argument;
    DIO_Writer *writer = NULL;
    struct stat before, after;
    CHECK(stat(it->path, &before) == 0);
    DIO_ErrorCode code = DIO_WriterOpenAppend(it->path, &it->options, &writer);
    if (code == DIO_EC_OK) {
        code = write_pages(writer, it);
        if (code == DIO_EC_OK)
            code = DIO_WriterFinish(writer);
        DIO_FreeWriter(writer);
    }
    if (code != DIO_EC_OK)
        CHECK(stat(it->path, &after) == 0 && after.st_size == before.st_size);
    return code;
}

/* Each way to save pixels of a kind. */
static void through(const char *kind, DIO_ImageData *image, const char *format_name, DIO_SaveOptions options)
{
    char name[100], what[140];
    picture it = { image, options, in_folder(folder, "a.out") };
    uint8_t *bytes = NULL;
    size_t size = 0;
    snprintf(name, sizeof name, "%s of %s", format_name, kind);
#define TRY(way, attempt) (snprintf(what, sizeof what, way " %s", name), trial(what, attempt, &it))
    TRY("save to memory", save_memory);
    TRY("save to file", save_path);
    if (options.format == DIO_IFF_TIFF || options.format == DIO_IFF_GIF || options.format == DIO_IFF_PDF) {
        TRY("write to memory", write_memory);
        TRY("write to stream", write_stream);
    }
    if (options.format == DIO_IFF_TIFF || options.format == DIO_IFF_PDF) {
        OK(DIO_SaveToMemoryWithOptions(image, options.format, &options, &bytes, &size));
        write_file(it.path, bytes, size);
        TRY("append to", append);
        DIO_FreeBytes(bytes);
    }
    unlink(it.path);
}

static void every_format(const char *kind, DIO_ImageData *image)
{
    for (size_t at = 0; at < sizeof all_formats / sizeof all_formats[0]; at++) {
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        /* They die often, one process each. */
        if (strstr(kind, "wide") != NULL && all_formats[at].compression == DIO_COMPRESSION_ZSTD)
            continue;
        options.format = all_formats[at].format;
        options.compression = all_formats[at].compression;
        through(kind, image, all_formats[at].name, options);
    }
}

static void all(const char *data)
{
    (void)data;
    every_kind(every_format);
}

int main(int argc, char **argv)
{
    return try_all(all, data_folder(argc, argv));
}
