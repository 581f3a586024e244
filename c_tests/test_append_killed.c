/* Writers that are killed: every old page reads afterwards, and writing goes on. */
#include "folder.h"
#include "support.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static const char *folder;

/* How often a writer is killed: DIO_KILLS, or few times. */
static int rounds(void)
{
    const char *wanted = getenv("DIO_KILLS");
    return wanted != NULL ? atoi(wanted) : 100;
}

/* Page `number` of the file, of a size that no neighbour has. */
static DIO_ImageData *page_of(size_t number)
{
    DIO_ImageData *image = make_colour(20 + (uint32_t)(number % 37) * 8, 30 + (uint32_t)(number % 11) * 9);
    OK(DIO_ImageDataSetResolution(image, 100, 100));
    return image;
}

static void nap(unsigned microseconds)
{
    struct timespec time = { 0, (long)microseconds * 1000 };
    nanosleep(&time, NULL);
}

/* The same for each run, and no pattern that a writer's steps could share. */
static unsigned next_random(void)
{
    static unsigned state = 12345;
    state = state * 1103515245u + 12345u;
    return state >> 16;
}

static void append_pages(const char *path, size_t first, size_t count)
{
    DIO_Writer *writer = NULL;
    OK(DIO_WriterOpenAppend(path, NULL, &writer));
    for (size_t at = 0; at < count; at++) {
        DIO_ImageData *image = page_of(first + at);
        OK(DIO_WriterAddPage(writer, image, NULL));
        DIO_FreeImageData(image);
    }
    OK(DIO_WriterFinish(writer));
    DIO_FreeWriter(writer);
}

/* All pages are those that were written, in order. Returns how many there are. */
static size_t check_pages(const char *path)
{
    DIO_ReadOptions as_made = DIO_READ_OPTIONS_INIT;
    DIO_Reader *reader = NULL;
    size_t count = 0;
    as_made.pixel_format = DIO_IPF_BGR_888;
    as_made.dpi = 100;
    OK(DIO_ReaderOpenFile(path, &as_made, &reader));
    OK(DIO_ReaderGetPageCount(reader, &count));
    for (size_t page = 0; page < count; page++) {
        DIO_ImageData *read = NULL, *made = page_of(page);
        OK(DIO_ReaderReadPage(reader, page, &read));
        CHECK(same_pixels(read, made));
        DIO_FreeImageData(read);
        DIO_FreeImageData(made);
    }
    DIO_FreeReader(reader);
    return count;
}

/* Runs `work` in a process of its own and kills it somewhere in the middle. */
static void killed(void (*work)(const char *path, size_t count), const char *path, size_t count, unsigned most)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (;;)
            work(path, count);
    }
    nap(next_random() % most);
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(waitpid(child, &status, 0) == child);
    /* It was at work until then: had a call failed, it would have ended by itself. */
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static size_t appended_by_child;

static void append_some(const char *path, size_t count)
{
    append_pages(path, count + appended_by_child, 1 + appended_by_child % 3);
    appended_by_child += 1 + appended_by_child % 3;
}

static void appenders_lose_no_page(const char *name)
{
    const char *path = in_folder(folder, name);
    size_t count = 0, grown = 0;
    appended_by_child = 0;
    for (int round = 0; round < rounds(); round++) {
        if (count == 0 || count > 60) {
            unlink(path);
            append_pages(path, 0, 2);
            count = 2;
        }
        killed(append_some, path, count, 12000);
        size_t now = check_pages(path);
        CHECK(now >= count);
        grown += now - count;
        append_pages(path, now, 1);
        count = check_pages(path);
        CHECK(count == now + 1);
        CHECK(count_entries(folder) == 1);
    }
    /* Some were killed after a page was in, or nothing was tried. */
    CHECK(grown > 0);
    unlink(path);
}

static size_t written_by_child;

/* A document of 4 or 7 pages in turn, in place of the old one. */
static void replace(const char *path, size_t unused)
{
    DIO_Writer *writer = NULL;
    (void)unused;
    OK(DIO_WriterOpenFile(path, 1, NULL, &writer));
    for (size_t page = 0; page < (written_by_child % 2 ? 7u : 4u); page++) {
        DIO_ImageData *image = page_of(page);
        OK(DIO_WriterAddPage(writer, image, NULL));
        DIO_FreeImageData(image);
    }
    OK(DIO_WriterFinish(writer));
    DIO_FreeWriter(writer);
    written_by_child++;
}

/* Removes what a killed writer left beside the file. Returns how many there were. */
static int remove_debris(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.' && entry->d_name[1] == 'a') {
            CHECK(strncmp(entry->d_name, ".a.tif.dio-", 11) == 0);
            char path[600];
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            CHECK(unlink(path) == 0);
            count++;
        }
    }
    closedir(dir);
    return count;
}

static void a_file_is_the_old_or_the_new_one(void)
{
    const char *path = in_folder(folder, "a.tif");
    int left = 0;
    replace(path, 0);
    for (int round = 0; round < rounds(); round++) {
        killed(replace, path, 0, 12000);
        size_t count = check_pages(path);
        CHECK(count == 4 || count == 7);
        int debris = remove_debris();
        CHECK(debris <= 1 && count_entries(folder) == 1);
        left += debris;
    }
    /* Some were killed while they wrote, or nothing was tried. */
    CHECK(left > 0);
    unlink(path);
}

int main(void)
{
    folder = new_folder();
    appenders_lose_no_page("a.tif");
    appenders_lose_no_page("a.pdf");
    a_file_is_the_old_or_the_new_one();
    remove_folder(folder);
    return EXIT_SUCCESS;
}
