/* Causes that need more than a bad argument: full disks, no memory, locked files, features that files use. */
#include "folder.h"
#include "support.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const char *folder;

/* Runs a test in a process of its own, which may lose what it cannot get back. */
static void apart(void (*test)(void))
{
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        test();
        _exit(0);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

static const char *const names[] = { "a.jpg", "a.png", "a.bmp", "a.gif", "a.tif", "a.pdf", "a.tga", "a.ppm", "a.qoi" };

static void a_full_disk_leaves_the_old_file(void)
{
    struct rlimit limit = { 100, 100 };
    DIO_ImageData *image = make_colour(100, 100);
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++)
        write_file(in_folder(folder, names[at]), "old", 3);
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        char old[3];
        FAILS(DIO_EC_FILE_SAVE_FAILED, names[at], DIO_SaveToFile(image, in_folder(folder, names[at]), 1));
        CHECK(read_file(in_folder(folder, names[at]), old, 3) == 3 && memcmp(old, "old", 3) == 0);
    }
    CHECK(count_entries(folder) == (int)(sizeof names / sizeof names[0]));
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++)
        unlink(in_folder(folder, names[at]));
    DIO_FreeImageData(image);
}

/* Adds pages until that fails or there are four, and finishes: one of the two fails. */
static void run_out_of_disk(DIO_Writer *writer, const DIO_ImageData *image, const char *name)
{
    DIO_ErrorCode code = DIO_EC_OK;
    for (int page = 0; page < 4 && code == DIO_EC_OK; page++)
        code = DIO_WriterAddPage(writer, image, NULL);
    if (code == DIO_EC_OK)
        code = DIO_WriterFinish(writer);
    FAILS(DIO_EC_FILE_SAVE_FAILED, name, code);
    DIO_FreeWriter(writer);
}

static void a_full_disk_leaves_the_old_document(void)
{
    static const uint32_t sides[] = { 20, 400 };
    static uint8_t old[1 << 20], now[1 << 20];
    signal(SIGXFSZ, SIG_IGN);
    for (size_t at = 0; at < 2; at++) {
        /* Pages that are collected before they reach the disk, and pages that are not. */
        DIO_ImageData *image = make_colour(sides[at], sides[at]);
        const char *path = in_folder(folder, "a.tif"), *pdf = in_folder(folder, "a.pdf");
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        DIO_Writer *writer = NULL;
        struct rlimit before, limit;
        options.compression = DIO_COMPRESSION_NONE;
        options.level = 0;
        OK(DIO_SaveToFileWithOptions(image, path, 0, &options));
        write_file(pdf, "old", 3);
        size_t size = read_file(path, old, sizeof old);
        CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
        limit = before;
        limit.rlim_cur = size + 100;
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        OK(DIO_WriterOpenAppend(path, &options, &writer));
        run_out_of_disk(writer, image, "a.tif");
        CHECK(read_file(path, now, sizeof now) == size && memcmp(old, now, size) == 0);
        OK(DIO_WriterOpenFile(path, 1, &options, &writer));
        run_out_of_disk(writer, image, "a.tif");
        CHECK(read_file(path, now, sizeof now) == size && memcmp(old, now, size) == 0);
        OK(DIO_WriterOpenFile(pdf, 1, &options, &writer));
        run_out_of_disk(writer, image, "a.pdf");
        CHECK(read_file(pdf, now, sizeof now) == 3 && memcmp("old", now, 3) == 0);
        CHECK(count_entries(folder) == 2);
        /* With room again, it goes on. */
        CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
        OK(DIO_WriterOpenAppend(path, &options, &writer));
        OK(DIO_WriterAddPage(writer, image, NULL));
        OK(DIO_WriterFinish(writer));
        DIO_FreeWriter(writer);
        CHECK(read_file(path, now, sizeof now) > size);
        DIO_FreeImageData(image);
        unlink(path);
        unlink(pdf);
    }
}

#if defined(__SANITIZE_ADDRESS__)
#define CAN_LIMIT_MEMORY 0 /* the sanitizer itself needs terabytes of address space */
#else
#define CAN_LIMIT_MEMORY 1
#endif

static void too_little_memory_is_a_code(void)
{
    static const DIO_ImageFileFormat all[] = { DIO_IFF_PNG, DIO_IFF_JPEG, DIO_IFF_TIFF, DIO_IFF_BMP, DIO_IFF_QOI };
    DIO_ImageData *image = make_image(6000, 4000, DIO_IPF_GRAYSCALED);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        struct rlimit before, limit;
        DIO_ImageData *back = NULL;
        DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
        uint8_t *bytes = NULL;
        size_t size = 0;
        long pages = 0;
        FILE *statm = fopen("/proc/self/statm", "r");
        o.pixel_format = DIO_IPF_ARGB_16161616;
        OK(DIO_SaveToMemory(image, all[at], &bytes, &size));
        CHECK(statm != NULL && fscanf(statm, "%ld", &pages) == 1);
        fclose(statm);
        /* 192 MB of pixels are asked for, and 64 MB are there. */
        CHECK(getrlimit(RLIMIT_AS, &before) == 0);
        limit = before;
        limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + (64 << 20);
        CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
        FAILS(DIO_EC_NO_MEMORY, "out of memory", DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
        CHECK(back == NULL);
        CHECK(setrlimit(RLIMIT_AS, &before) == 0);
        OK(DIO_ReadFromMemoryWithOptions(bytes, size, &o, &back));
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

static void who_may_not_is_told_so(void)
{
    DIO_ImageData *image = make_colour(4, 4), *back = NULL;
    OK(DIO_SaveToFile(image, in_folder(folder, "mine.png"), 0));
    CHECK(chmod(in_folder(folder, "mine.png"), 0) == 0);
    CHECK(mkdir(in_folder(folder, "locked"), 0555) == 0);
    CHECK(chmod(folder, 0755) == 0);
    /* Root may everything: nobody does not. */
    if (geteuid() == 0)
        CHECK(seteuid(65534) == 0);
    FAILS(DIO_EC_FILE_NOT_FOUND, "permission denied", DIO_ReadFromFile(in_folder(folder, "mine.png"), &back));
    FAILS(DIO_EC_CREATE_FILE_FAILED, "permission denied",
          DIO_SaveToFile(image, in_folder(folder, "locked/a.png"), 1));
    CHECK(back == NULL);
    DIO_FreeImageData(image);
}

/* A page behind the password "secret" (RC4, 40 bits). */
static size_t locked_pdf(char *pdf, size_t most)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
        "<</Filter/Standard/V 1/R 2/P -4"
        "/O<92fe0f4454ad4c9644693f33c07cb54f587dce1e2682fe9ecea6107a1ef630dd>"
        "/U<902d6c0d6b77adef97ca1c71e49308c613b917b2ad6ef711a0cb410737994360>>>",
    };
    unsigned offsets[4], start;
    size_t len = (size_t)snprintf(pdf, most, "%%PDF-1.7\n");
    for (int at = 0; at < 4; at++) {
        offsets[at] = (unsigned)len;
        len += (size_t)snprintf(pdf + len, most - len, "%d 0 obj\n%s\nendobj\n", at + 1, objects[at]);
    }
    start = (unsigned)len;
    len += (size_t)snprintf(pdf + len, most - len, "xref\n0 5\n0000000000 65535 f\r\n");
    for (int at = 0; at < 4; at++)
        len += (size_t)snprintf(pdf + len, most - len, "%010u 00000 n\r\n", offsets[at]);
    len += (size_t)snprintf(pdf + len, most - len,
                            "trailer\n<</Size 5/Root 1 0 R/Encrypt 4 0 R"
                            "/ID[(0123456789abcdef)(0123456789abcdef)]>>\nstartxref\n%u\n%%%%EOF\n", start);
    return len;
}

static void a_locked_pdf_needs_its_password(void)
{
    char pdf[2048];
    size_t size = locked_pdf(pdf, sizeof pdf);
    const uint8_t *bytes = (const uint8_t *)pdf;
    DIO_ImageData *image = NULL;
    DIO_ReadOptions o = DIO_READ_OPTIONS_INIT;
    FAILS(DIO_EC_PASSWORD_REQUIRED, "PDF", DIO_ReadFromMemory(bytes, size, &image));
    o.password = "wrong";
    FAILS(DIO_EC_PASSWORD_REQUIRED, "PDF", DIO_ReadFromMemoryWithOptions(bytes, size, &o, &image));
    CHECK(image == NULL);
    o.password = "secret";
    OK(DIO_ReadFromMemoryWithOptions(bytes, size, &o, &image));
    CHECK(DIO_ImageDataGetWidth(image) == 300);
    DIO_FreeImageData(image);
}

/* The head of a BMP of 4 x 4 pixels. */
static void bmp_head(uint8_t *bmp, uint8_t bits, uint8_t compression)
{
    memset(bmp, 0, 200);
    bmp[0] = 'B', bmp[1] = 'M', bmp[2] = 200, bmp[10] = 54, bmp[14] = 40;
    bmp[18] = bmp[22] = 4, bmp[26] = 1, bmp[28] = bits, bmp[30] = compression;
}

static void features_and_depths_of_files_are_named(void)
{
    uint8_t bmp[200];
    DIO_ImageData *image = NULL;
    bmp_head(bmp, 64, 0);
    FAILS(DIO_EC_BPP_NOT_SUPPORTED, "64", DIO_ReadFromMemory(bmp, sizeof bmp, &image));
    bmp_head(bmp, 24, 4);
    FAILS(DIO_EC_FEATURE_NOT_SUPPORTED, "JPEG", DIO_ReadFromMemory(bmp, sizeof bmp, &image));
    CHECK(image == NULL);
}

static void the_content_decides_and_not_the_name(void)
{
    DIO_ImageData *image = make_colour(4, 4), *back = NULL;
    DIO_SaveOptions o = DIO_SAVE_OPTIONS_INIT;
    const char *path = in_folder(folder, "truly-a-bmp.png");
    o.format = DIO_IFF_BMP;
    OK(DIO_SaveToFileWithOptions(image, path, 0, &o));
    OK(DIO_ReadFromFile(path, &back));
    CHECK(DIO_ImageDataGetFileFormat(back) == DIO_IFF_BMP);
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
    unlink(path);
}

int main(void)
{
    folder = new_folder();
    apart(a_full_disk_leaves_the_old_file);
    apart(a_full_disk_leaves_the_old_document);
    if (CAN_LIMIT_MEMORY)
        apart(too_little_memory_is_a_code);
    a_locked_pdf_needs_its_password();
    features_and_depths_of_files_are_named();
    the_content_decides_and_not_the_name();
    apart(who_may_not_is_told_so);
    remove_folder(folder);
    return EXIT_SUCCESS;
}
