/* System calls that are interrupted, do a part, or fail: what can go on goes on, and what cannot leaves the old file or the new
   one, and no other. */
#include "faulty.h"
#include "folder.h"
#include "support.h"

static const char *folder, *path;
/* What is saved, what was there before, and the page that it is read as. */
static DIO_ImageData *image, *other, *first;
static long faults, failed;

static const char *const names[] = { "a.jpg", "a.png", "a.bmp", "a.gif", "a.tif", "a.pdf", "a.tga", "a.ppm", "a.qoi" };
enum { NAMES = sizeof names / sizeof names[0] };

/* What a file had before a call, and what the call made of it when nothing was in its way. */
static uint8_t old[1 << 20], whole[1 << 20], now[1 << 20];
static size_t old_size, whole_size;

static int is(const uint8_t *bytes, size_t size)
{
    return read_file(path, now, sizeof now) == size && memcmp(now, bytes, size) == 0;
}

static DIO_ErrorCode save_over(void)
{
    return DIO_SaveToFile(image, path, 1);
}

static DIO_ErrorCode save_new(void)
{
    return DIO_SaveToFile(image, path, 0);
}

static DIO_ErrorCode append(void)
{
    DIO_Writer *writer = NULL;
    DIO_ErrorCode code = DIO_WriterOpenAppend(path, NULL, &writer);
    if (code == DIO_EC_OK)
        code = DIO_WriterAddPage(writer, image, NULL);
    if (code == DIO_EC_OK)
        code = DIO_WriterFinish(writer);
    DIO_FreeWriter(writer);
    return code;
}

/* As before the call. */
static void put_back(void)
{
    if (old_size != 0)
        write_file(path, old, old_size);
    else
        unlink(path);
}

/* An append that could not be taken back may leave bytes that nothing leads to. */
static void old_pages_are_there(void)
{
    DIO_Reader *reader = NULL;
    DIO_ImageData *back = NULL;
    size_t count = 0;
    OK(DIO_ReaderOpenFile(path, NULL, &reader));
    OK(DIO_ReaderGetPageCount(reader, &count));
    CHECK(count == 1 || count == 2);
    OK(DIO_ReaderReadPage(reader, 0, &back));
    CHECK(same_pixels(back, first));
    DIO_FreeImageData(back);
    DIO_FreeReader(reader);
}

static void after_a_fault(DIO_ErrorCode code, int appended)
{
    int entries = count_entries(folder);
    faults++;
    if (code == DIO_EC_OK) {
        CHECK(is(whole, whole_size));
    } else {
        failed++;
        CHECK(code != DIO_EC_INTERNAL && code != DIO_EC_UNKNOWN);
        CHECK(strstr(DIO_GetLastErrorMessage(), "a.") != NULL);
        if (appended)
            old_pages_are_there();
        else
            CHECK(old_size != 0 ? is(old, old_size) || is(whole, whole_size) : entries == 0 || is(whole, whole_size));
    }
    /* Nothing beside the file itself. */
    CHECK(entries <= 1);
}

/* Each call of `write`, alone and with all that follow, fails in every way. */
static void in_every_way(DIO_ErrorCode (*write)(void), int appended)
{
    static const int errors[] = { EIO, ENOSPC, EBADF, EPIPE };
    put_back();
    OK(write());
    whole_size = read_file(path, whole, sizeof whole);
    CHECK(whole_size != 0 && whole_size < sizeof whole);
    for (int fault = INTERRUPTED; fault <= SHORT; fault++) {
        put_back();
        faults_begin(1, 1, (enum fault)fault, 0);
        DIO_ErrorCode code = write();
        CHECK(faults_end());
        RETURNS(DIO_EC_OK, code);
        CHECK(is(whole, whole_size) && count_entries(folder) == 1);
    }
    for (long at = 1, struck = 1; struck; at++)
        for (int all = 0; all < 2; all++)
            for (size_t error = 0; error < sizeof errors / sizeof errors[0] && struck; error++) {
                put_back();
                faults_begin(at, all, FAILED, errors[error]);
                DIO_ErrorCode code = write();
                struck = faults_end();
                if (struck)
                    after_a_fault(code, appended);
            }
}

static void saves_are_whole_or_not_at_all(void)
{
    for (size_t at = 0; at < NAMES; at++) {
        path = in_folder(folder, names[at]);
        OK(DIO_SaveToFile(other, path, 0));
        old_size = read_file(path, old, sizeof old);
        in_every_way(save_over, 0);
        old_size = 0;
        in_every_way(save_new, 0);
        unlink(path);
    }
}

static void appending_keeps_the_old_pages(void)
{
    static const char *const documents[] = { "a.tif", "a.pdf" };
    for (size_t at = 0; at < 2; at++) {
        path = in_folder(folder, documents[at]);
        OK(DIO_SaveToFile(other, path, 0));
        OK(DIO_ReadFromFile(path, &first));
        old_size = read_file(path, old, sizeof old);
        in_every_way(append, 1);
        DIO_FreeImageData(first);
        unlink(path);
    }
}

static void read_with_faults(const DIO_ImageData *wanted)
{
    DIO_ImageData *back = NULL;
    DIO_ReadOptions recover = DIO_READ_OPTIONS_INIT;
    recover.tolerance = DIO_TOLERANCE_RECOVER;
    for (int fault = INTERRUPTED; fault <= SHORT; fault++) {
        faults_begin(1, 1, (enum fault)fault, 0);
        DIO_ErrorCode code = DIO_ReadFromFile(path, &back);
        CHECK(faults_end());
        RETURNS(DIO_EC_OK, code);
        CHECK(same_pixels(back, wanted));
        DIO_FreeImageData(back);
        back = NULL;
    }
    for (long at = 1, struck = 1; struck; at++)
        for (int all = 0; all < 2 && struck; all++)
            for (int bears = 0; bears < 2 && struck; bears++) {
                faults_begin(at, all, FAILED, EIO);
                DIO_ErrorCode code = DIO_ReadFromFileWithOptions(path, bears ? &recover : NULL, &back);
                struck = faults_end();
                if (!struck || code == DIO_EC_OK) {
                    CHECK(!struck || bears ? 1 : same_pixels(back, wanted));
                    CHECK(!struck || same_pixels(back, wanted) || DIO_ImageDataGetWarningCount(back) > 0);
                    DIO_FreeImageData(back);
                    back = NULL;
                    continue;
                }
                RETURNS(DIO_EC_IO_FAILED, code);
                CHECK(back == NULL);
                faults++;
                failed++;
            }
}

static void reads_that_fail_in_the_middle_are_errors(void)
{
    for (size_t at = 0; at < NAMES; at++) {
        DIO_ImageData *wanted = NULL;
        path = in_folder(folder, names[at]);
        OK(DIO_SaveToFile(image, path, 0));
        OK(DIO_ReadFromFile(path, &wanted));
        read_with_faults(wanted);
        DIO_FreeImageData(wanted);
        unlink(path);
    }
}

int main(void)
{
    folder = new_folder();
    image = make_colour(300, 200);
    other = make_colour(40, 30);
    saves_are_whole_or_not_at_all();
    appending_keeps_the_old_pages();
    reads_that_fail_in_the_middle_are_errors();
    DIO_FreeImageData(image);
    DIO_FreeImageData(other);
    remove_folder(folder);
    printf("%ld faults, %ld of them failures\n", faults, failed);
    CHECK(failed > 500);
    return EXIT_SUCCESS;
}
