/* Memory that runs out anywhere: the n-th allocation of 64 KiB or more fails, for every n, through whole reads, saves and
   conversions. Each is DIO_EC_NO_MEMORY, leaves its outputs alone and leaks nothing, and the process goes on. */
#include "scarce.h"
#include "folder.h"
#include "support.h"

#include <signal.h>
#include <sys/wait.h>

/* One call or several, whose outputs it looks at and frees. */
typedef DIO_ErrorCode (*attempt)(const void *argument);

static const char *folder;
static int failures, trials, deaths;
static long *reached;

/* What is kept once, such as the stack of a thread, is no leak: a leak grows each time. */
static int grows(attempt attempt, const void *argument)
{
    for (int time = 0; time < 4; time++) {
        long before = scarce_blocks();
        scarce_begin(*reached);
        (void)!attempt(argument);
        scarce_end();
        if (scarce_blocks() <= before)
            return 0;
    }
    return 1;
}

/* Runs `attempt` until no allocation is left that could fail, from allocation `*reached` on: cold, or with what is made
   once and kept. */
static void exhaust(attempt attempt, const void *argument, int warm, int may_do_without)
{
    if (warm) {
        DIO_ImageData *none = NULL;
        CHECK(DIO_ReadFromMemory(NULL, 0, &none) != DIO_EC_OK);
        OK(attempt(argument));
    }
    for (;; ++*reached) {
        long before = scarce_blocks();
        scarce_begin(*reached);
        DIO_ErrorCode code = attempt(argument);
        if (!scarce_end()) {
            RETURNS(DIO_EC_OK, code);
            return;
        }
        if (code != DIO_EC_OK || !may_do_without)
            RETURNS(DIO_EC_NO_MEMORY, code);
        CHECK(code == DIO_EC_OK || strstr(DIO_GetLastErrorMessage(), "out of memory") != NULL);
        if (warm)
            CHECK(scarce_blocks() == before || !grows(attempt, argument));
    }
}

/* Allocations of other libraries that end the process (or, in the engine of PDF, are done without), as docs/SECURITY.md lists them: what they take is asked for by
   us before. */
static int may_die(const char *name)
{
    static const struct {
        const char *how, *what;
        int most;
    } known[] = { { "read", "PNG", 4 },
                  { "save", "PNG", 4 },
                  { "save", "GIF", 12 },
                  { "write", "GIF", 24 },
                  { "", "Zstandard", 60 },
                  { "read", "PDF", 1000 } };
    for (size_t at = 0; at < sizeof known / sizeof known[0]; at++)
        if (strncmp(name, known[at].how, strlen(known[at].how)) == 0 && strstr(name, known[at].what) != NULL)
            return known[at].most;
    return 0;
}

/* What a process that died leaves. */
static void remove_hidden(void)
{
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strstr(entry->d_name, ".dio-") != NULL)
            CHECK(unlinkat(dirfd(dir), entry->d_name, 0) == 0);
    closedir(dir);
}

/* In processes of its own, which may die: whoever looks on goes on with the next allocation. */
static void trial(const char *name, attempt attempt, const void *argument)
{
    /* DIO_TRIAL: one alone; DIO_LONG: every one, cold too. */
    if (getenv("DIO_TRIAL") != NULL && strcmp(getenv("DIO_TRIAL"), name) != 0)
        return;
    int everything = getenv("DIO_LONG") != NULL;
    if (!everything && may_die(name) > 50 && strstr(name, "NV12") == NULL && strstr(name, "save to memory") == NULL)
        return;
    trials++;
    for (int warm = everything ? 0 : 1; warm < 2; warm++) {
        int left = may_die(name), status = 1;
        *reached = 1;
        for (;;) {
            fflush(NULL);
            pid_t child = fork();
            CHECK(child >= 0);
            if (child == 0) {
                exhaust(attempt, argument, warm, may_die(name) > 100);
                _exit(0);
            }
            CHECK(waitpid(child, &status, 0) == child);
            if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT || left-- <= 0)
                break;
            deaths++;
            ++*reached;
            remove_hidden();
        }
        if (status != 0) {
            fprintf(stderr, "%s: at large allocation %ld: %s\n", name, *reached,
                    WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "failed");
            failures++;
            return;
        }
    }
}

/* What is never written to unless the call succeeds. */
static DIO_ImageData *const no_image = (DIO_ImageData *)&failures;
static uint8_t *const no_bytes = (uint8_t *)&failures;

static DIO_ErrorCode took(DIO_ErrorCode code, DIO_ImageData *image)
{
    if (code != DIO_EC_OK)
        CHECK(image == no_image);
    else
        DIO_FreeImageData(image);
    return code;
}

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

/* An ICC profile that fits the pixels: its header, and as much behind it as makes it large. */
static void describe(DIO_ImageData *image, const char *space)
{
    static uint8_t bytes[200000];
    memset(bytes, 7, sizeof bytes);
    memset(bytes, 0, 132);
    bytes[0] = 0, bytes[1] = 3, bytes[2] = 13, bytes[3] = 64;
    memcpy(bytes + 16, space, 4);
    memcpy(bytes + 36, "acsp", 4);
    OK(DIO_ImageDataSetMetadata(image, DIO_METADATA_ICC, bytes, sizeof bytes));
    OK(DIO_ImageDataSetMetadata(image, DIO_METADATA_XMP, bytes + 200, 60000));
    OK(DIO_ImageDataSetResolution(image, 300, 300));
    OK(DIO_ImageDataSetOrientation(image, 90));
}

/* Each way to save pixels of a kind, and then to read what was saved. */
static void through(const char *kind, DIO_ImageData *image, const char *format_name, DIO_SaveOptions options)
{
    char name[100], what[140];
    picture it = { image, options, in_folder(folder, "a.out") };
    encoded file = { 0 };
    snprintf(name, sizeof name, "%s of %s", format_name, kind);
#define TRY(way, attempt) (snprintf(what, sizeof what, way " %s", name), trial(what, attempt, &it))
    TRY("save to memory", save_memory);
    TRY("save to file", save_path);
    if (options.format == DIO_IFF_TIFF || options.format == DIO_IFF_GIF || options.format == DIO_IFF_PDF) {
        TRY("write to memory", write_memory);
        TRY("write to stream", write_stream);
    }
    OK(DIO_SaveToMemoryWithOptions(image, options.format, &options, &file.bytes, &file.size));
    write_file(it.path, file.bytes, file.size);
    if (options.format == DIO_IFF_TIFF)
        TRY("append to", append);
    write_file(it.path, file.bytes, file.size);
    file.path = it.path;
    in_every_way(name, &file, strcmp(kind, "colour") == 0);
    DIO_FreeBytes(file.bytes);
    unlink(it.path);
}

static void every_format(const char *kind, DIO_ImageData *image)
{
    int wide = strstr(kind, "wide") != NULL;
    static const struct {
        const char *name;
        DIO_ImageFileFormat format;
        DIO_Compression compression;
    } all[] = { { "JPEG", DIO_IFF_JPEG, 0 },
                { "PNG", DIO_IFF_PNG, 0 },
                { "BMP", DIO_IFF_BMP, 0 },
                { "GIF", DIO_IFF_GIF, 0 },
                { "PNM", DIO_IFF_PNM, 0 },
                { "TGA", DIO_IFF_TGA, 0 },
                { "QOI", DIO_IFF_QOI, 0 },
                { "PDF", DIO_IFF_PDF, 0 },
                { "TIFF, none", DIO_IFF_TIFF, DIO_COMPRESSION_NONE },
                { "TIFF, LZW", DIO_IFF_TIFF, DIO_COMPRESSION_LZW },
                { "TIFF, Deflate", DIO_IFF_TIFF, DIO_COMPRESSION_DEFLATE },
                { "TIFF, PackBits", DIO_IFF_TIFF, DIO_COMPRESSION_PACKBITS },
                { "TIFF, JPEG", DIO_IFF_TIFF, DIO_COMPRESSION_JPEG },
                { "TIFF, Zstandard", DIO_IFF_TIFF, DIO_COMPRESSION_ZSTD },
                { "TIFF, G3", DIO_IFF_TIFF, DIO_COMPRESSION_G3 },
                { "TIFF, G4", DIO_IFF_TIFF, DIO_COMPRESSION_G4 } };
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        /* They die often, one process each. */
        if (wide && (all[at].format == DIO_IFF_PDF || all[at].compression == DIO_COMPRESSION_ZSTD))
            continue;
        options.format = all[at].format;
        options.compression = all[at].compression;
        through(kind, image, all[at].name, options);
    }
}

#if defined(__SANITIZE_ADDRESS__)
int main(void)
{
    (void)every_format;
    (void)describe;
    puts("left out: the sanitizer has an allocator of its own");
    return EXIT_SUCCESS;
}
#else
int main(void)
{
    static const struct {
        const char *name;
        uint32_t width, height;
        DIO_ImagePixelFormat format;
        const char *space;
    } kinds[] = { { "colour", 300, 400, DIO_IPF_BGR_888, "RGB " },
                  { "wide colour", 24000, 12, DIO_IPF_RGB_888, "RGB " },
                  { "wide gray", 34000, 8, DIO_IPF_GRAY_16, "GRAY" },
                  { "bilevel", 3000, 2000, DIO_IPF_BINARY, "GRAY" } };
    /* Those that die are expected to: where is not asked. */
    CHECK(setenv("RUST_BACKTRACE", "0", 1) == 0);
    reached = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(reached != MAP_FAILED);
    folder = new_folder();
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        DIO_ImageData *image = make_image(kinds[kind].width, kinds[kind].height, kinds[kind].format);
        describe(image, kinds[kind].space);
        every_format(kinds[kind].name, image);
        DIO_FreeImageData(image);
    }
    remove_folder(folder);
    printf("%d trials, %d failed, %d deaths in other libraries\n", trials, failures, deaths);
    CHECK(failures == 0);
    return EXIT_SUCCESS;
}
#endif
