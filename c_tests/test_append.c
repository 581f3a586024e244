/* Documents that get more pages where they lie. */
#include "folder.h"
#include "support.h"

#include <sys/wait.h>

static const char *folder;

#define MOST (1 << 20)

/* The bytes of a file, to be freed. */
static uint8_t *contents(const char *path, size_t *size)
{
    uint8_t *bytes = malloc(MOST);
    CHECK(bytes != NULL);
    *size = read_file(path, bytes, MOST);
    CHECK(*size < MOST);
    return bytes;
}

static void append_page(const char *path, const DIO_ImageData *image)
{
    DIO_Writer *writer = NULL;
    OK(DIO_WriterOpenAppend(path, NULL, &writer));
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterFinish(writer));
    DIO_FreeWriter(writer);
}

static void has_pages(const char *path, size_t expected, const DIO_ImageData *image)
{
    DIO_ReadOptions as_made = DIO_READ_OPTIONS_INIT;
    DIO_Reader *reader = NULL;
    size_t count = 0;
    as_made.pixel_format = DIO_ImageDataGetPixelFormat(image);
    OK(DIO_ReaderOpenFile(path, &as_made, &reader));
    OK(DIO_ReaderGetPageCount(reader, &count));
    CHECK(count == expected);
    for (size_t page = 0; page < count; page++) {
        DIO_ImageData *read = NULL;
        OK(DIO_ReaderReadPage(reader, page, &read));
        CHECK(same_pixels(read, image));
        DIO_FreeImageData(read);
    }
    DIO_FreeReader(reader);
}

static void old_bytes_stay_but_what_leads_to_the_new_ones(void)
{
    for (int32_t big = 0; big < 2; big++) {
        DIO_ImageData *image = make_colour(30, 20);
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        const char *path = in_folder(folder, "a.tif");
        size_t before = 0, after = 0;
        options.big_tiff = big;
        OK(DIO_SaveToFileWithOptions(image, path, 0, &options));
        for (size_t page = 1; page < 5; page++) {
            uint8_t *old = contents(path, &before);
            append_page(path, image);
            uint8_t *now = contents(path, &after);
            size_t changed = 0;
            CHECK(after > before);
            for (size_t at = 0; at < before; at++)
                changed += old[at] != now[at];
            /* A link, and the number of pages that each page but the first states. */
            CHECK(changed > 0 && changed <= (big ? 8u : 4u) + 2 * (page - 1));
            free(old);
            free(now);
            has_pages(path, page + 1, image);
        }
        DIO_FreeImageData(image);
        unlink(path);
    }
}

static void a_file_that_is_not_there_is_begun(void)
{
    DIO_ImageData *image = make_colour(12, 8);
    const char *path = in_folder(folder, "new.tif"), *pdf = in_folder(folder, "new.pdf");
    DIO_Writer *writer = NULL;
    OK(DIO_WriterOpenAppend(path, NULL, &writer));
    OK(DIO_WriterAddPage(writer, image, NULL));
    DIO_FreeWriter(writer);
    CHECK(count_entries(folder) == 0);
    append_page(path, image);
    append_page(path, image);
    has_pages(path, 2, image);
    append_page(pdf, image);
    CHECK(count_entries(folder) == 2);
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "\"docx\"",
          DIO_WriterOpenAppend(in_folder(folder, "new.docx"), NULL, &writer));
    FAILS(DIO_EC_CREATE_FILE_FAILED, "missing",
          DIO_WriterOpenAppend(in_folder(folder, "missing/new.tif"), NULL, &writer));
    unlink(path);
    unlink(pdf);
    DIO_FreeImageData(image);
}

static void what_is_not_finished_leaves_the_file_as_it_was(void)
{
    DIO_ImageData *image = make_colour(200, 150);
    const char *path = in_folder(folder, "a.tif");
    size_t before = 0, after = 0;
    DIO_Writer *writer = NULL;
    OK(DIO_SaveToFile(image, path, 0));
    uint8_t *old = contents(path, &before);
    for (int pages = 0; pages < 4; pages++) {
        OK(DIO_WriterOpenAppend(path, NULL, &writer));
        for (int page = 0; page < pages; page++)
            OK(DIO_WriterAddPage(writer, image, NULL));
        /* The page that is there reads all the while. */
        has_pages(path, 1, image);
        if (pages == 0)
            FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "no page", DIO_WriterFinish(writer));
        DIO_FreeWriter(writer);
        uint8_t *now = contents(path, &after);
        CHECK(after == before && memcmp(old, now, before) == 0);
        free(now);
    }
    CHECK(count_entries(folder) == 1);
    free(old);
    unlink(path);
    DIO_FreeImageData(image);
}

static void old_bytes_of_a_pdf_stay(void)
{
    const char *path = in_folder(folder, "a.pdf");
    DIO_ImageData *image = make_colour(30, 20);
    DIO_Writer *writer = NULL;
    size_t before = 0, after = 0;
    OK(DIO_ImageDataSetResolution(image, 300, 300));
    OK(DIO_SaveToFile(image, path, 0));
    for (size_t page = 1; page < 5; page++) {
        uint8_t *old = contents(path, &before);
        append_page(path, image);
        uint8_t *now = contents(path, &after);
        CHECK(after > before && memcmp(old, now, before) == 0);
        has_pages(path, page + 1, image);
        /* Given up, it is as it was. */
        OK(DIO_WriterOpenAppend(path, NULL, &writer));
        OK(DIO_WriterAddPage(writer, image, NULL));
        has_pages(path, page + 1, image);
        DIO_FreeWriter(writer);
        free(old);
        old = contents(path, &before);
        CHECK(after == before && memcmp(old, now, before) == 0);
        free(old);
        free(now);
    }
    uint8_t *old = contents(path, &before);
    write_file(path, old, before - 30);
    FAILS(DIO_EC_PDF_READ_FAILED, "cannot be appended", DIO_WriterOpenAppend(path, NULL, &writer));
    free(old);
    unlink(path);
    DIO_FreeImageData(image);
}

static void what_cannot_be_continued_is_left_alone(void)
{
    static const struct { const char *name; DIO_ErrorCode code; } files[] = {
        { "a.png", DIO_EC_FEATURE_NOT_SUPPORTED },
        { "a.jpg", DIO_EC_FEATURE_NOT_SUPPORTED },
        { "a.txt", DIO_EC_FILE_TYPE_NOT_SUPPORTED },
    };
    DIO_ImageData *image = make_colour(12, 8);
    DIO_Writer *writer = NULL;
    size_t before = 0, after = 0;
    for (size_t at = 0; at < sizeof files / sizeof files[0]; at++) {
        const char *path = in_folder(folder, files[at].name);
        if (strcmp(files[at].name, "a.txt") == 0)
            write_file(path, "precious words", 14);
        else
            OK(DIO_SaveToFile(image, path, 0));
        uint8_t *old = contents(path, &before);
        FAILS(files[at].code, files[at].name, DIO_WriterOpenAppend(path, NULL, &writer));
        uint8_t *now = contents(path, &after);
        CHECK(writer == NULL && after == before && memcmp(old, now, before) == 0);
        free(old);
        free(now);
        unlink(path);
    }
    /* Cut off in its directory, and named otherwise than what it is asked to be. */
    DIO_SaveOptions pdf = DIO_SAVE_OPTIONS_INIT;
    const char *path = in_folder(folder, "a.tif");
    pdf.format = DIO_IFF_PDF;
    OK(DIO_SaveToFile(image, path, 0));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "TIFF", DIO_WriterOpenAppend(path, &pdf, &writer));
    uint8_t *old = contents(path, &before);
    write_file(path, old, before - 30);
    FAILS(DIO_EC_TIFF_READ_FAILED, "a.tif", DIO_WriterOpenAppend(path, NULL, &writer));
    uint8_t *now = contents(path, &after);
    CHECK(writer == NULL && after == before - 30 && memcmp(old, now, after) == 0);
    free(old);
    free(now);
    unlink(path);
    CHECK(mkdir(path, 0777) == 0);
    FAILS(DIO_EC_CREATE_FILE_FAILED, "is a directory", DIO_WriterOpenAppend(path, NULL, &writer));
    rmdir(path);
    CHECK(count_entries(folder) == 0);
    DIO_FreeImageData(image);
}

static void one_at_a_time_appends(void)
{
    DIO_ImageData *image = make_colour(12, 8);
    const char *path = in_folder(folder, "a.tif");
    DIO_Writer *first = NULL, *second = NULL;
    OK(DIO_SaveToFile(image, path, 0));
    OK(DIO_WriterOpenAppend(path, NULL, &first));
    FAILS(DIO_EC_CREATE_FILE_FAILED, "appended to already", DIO_WriterOpenAppend(path, NULL, &second));
    /* Nor does another process. */
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        FAILS(DIO_EC_CREATE_FILE_FAILED, "appended to already", DIO_WriterOpenAppend(path, NULL, &second));
        _exit(0);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    OK(DIO_WriterAddPage(first, image, NULL));
    OK(DIO_WriterFinish(first));
    OK(DIO_WriterOpenAppend(path, NULL, &second));
    DIO_FreeWriter(first);
    OK(DIO_WriterAddPage(second, image, NULL));
    OK(DIO_WriterFinish(second));
    DIO_FreeWriter(second);
    has_pages(path, 3, image);
    unlink(path);
    DIO_FreeImageData(image);
}

static void a_read_only_file_is_not_appended_to(void)
{
    DIO_ImageData *image = make_colour(12, 8);
    const char *path = in_folder(folder, "a.tif");
    DIO_Writer *writer = NULL;
    OK(DIO_SaveToFile(image, path, 0));
    CHECK(chmod(path, 0444) == 0);
    FAILS(DIO_EC_CREATE_FILE_FAILED, "a.tif", DIO_WriterOpenAppend(path, NULL, &writer));
    has_pages(path, 1, image);
    CHECK(chmod(path, 0644) == 0);
    append_page(path, image);
    has_pages(path, 2, image);
    unlink(path);
    DIO_FreeImageData(image);
}

int main(void)
{
    folder = new_folder();
    old_bytes_stay_but_what_leads_to_the_new_ones();
    a_file_that_is_not_there_is_begun();
    what_is_not_finished_leaves_the_file_as_it_was();
    old_bytes_of_a_pdf_stay();
    what_cannot_be_continued_is_left_alone();
    one_at_a_time_appends();
    a_read_only_file_is_not_appended_to();
    remove_folder(folder);
    return EXIT_SUCCESS;
}
