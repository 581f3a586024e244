#ifndef DIO_TRIALS_H
#define DIO_TRIALS_H

/* Memory that runs out anywhere: the n-th allocation of 64 KiB or more fails, for every n, through whole calls. Each is
   DIO_EC_NO_MEMORY, leaves its outputs alone and leaks nothing, and the process goes on. Include first. */

#include "scarce.h"
#include "folder.h"
#include "support.h"

#include <signal.h>
#include <sys/wait.h>

/* One call or several, whose outputs it looks at and frees. */
typedef DIO_ErrorCode (*attempt)(const void *argument);

/* What can be saved, and in which ways. */
static const struct {
    const char *name;
    DIO_ImageFileFormat format;
    DIO_Compression compression;
} all_formats[] = { { "JPEG", DIO_IFF_JPEG, 0 },
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
                  { "read", "lzma", 2 },
                  { "read", "webp", 3 },
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
static inline void trial(const char *name, attempt attempt, const void *argument)
{
    /* DIO_TRIAL: one alone; DIO_LONG: every one, cold too. */
    if (getenv("DIO_TRIAL") != NULL && strcmp(getenv("DIO_TRIAL"), name) != 0)
        return;
    int everything = getenv("DIO_LONG") != NULL;
    if (!everything && strstr(name, "Zstandard") != NULL && strstr(name, "NV12") == NULL && strstr(name, "save to memory") == NULL)
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

static inline DIO_ErrorCode took(DIO_ErrorCode code, DIO_ImageData *image)
{
    if (code != DIO_EC_OK)
        CHECK(image == no_image);
    else
        DIO_FreeImageData(image);
    return code;
}

/* An ICC profile that fits the pixels: its header, and as much behind it as makes it large. */
static inline void describe(DIO_ImageData *image, const char *space)
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


/* Pixels of each kind, in `each`. */
static inline void every_kind(void (*each)(const char *kind, DIO_ImageData *image))
{
    static const struct {
        const char *name;
        uint32_t width, height;
        DIO_ImagePixelFormat format;
        const char *space;
    } kinds[] = { { "colour", 300, 400, DIO_IPF_BGR_888, "RGB " },
                  { "wide colour", 24000, 12, DIO_IPF_RGB_888, "RGB " },
                  { "wide gray", 34000, 8, DIO_IPF_GRAY_16, "GRAY" },
                  { "bilevel", 1600, 1000, DIO_IPF_BINARY, "GRAY" } };
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        DIO_ImageData *image = make_image(kinds[kind].width, kinds[kind].height, kinds[kind].format);
        describe(image, kinds[kind].space);
        each(kinds[kind].name, image);
        DIO_FreeImageData(image);
    }
}

/* Runs `all`, and says how it went. */
static inline int try_all(void (*all)(const char *data), const char *data)
{
#if defined(__SANITIZE_ADDRESS__)
    (void)all;
    (void)data;
    (void)all_formats;
    (void)no_bytes;
    puts("left out: the sanitizer has an allocator of its own");
#else
    /* Those that die are expected to: where is not asked. */
    CHECK(setenv("RUST_BACKTRACE", "0", 1) == 0);
    reached = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(reached != MAP_FAILED);
    folder = new_folder();
    all(data);
    remove_folder(folder);
    printf("%d trials, %d failed, %d deaths in other libraries\n", trials, failures, deaths);
    CHECK(failures == 0);
#endif
    return EXIT_SUCCESS;
}

#endif
