/* Files that change while they are used: shrunk, linked, written by two, slow and interrupted. */
#include "folder.h"
#include "support.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static const char *folder;

static const char *const names[] = { "a.jpg", "a.png", "a.bmp", "a.gif", "a.tif", "a.pdf", "a.tga", "a.ppm", "a.qoi" };
enum { NAMES = sizeof names / sizeof names[0] };

/* A reader that is open when its file gets shorter fails, or has what it needs already. */
static void a_file_that_shrinks_is_an_error(void)
{
    DIO_ImageData *image = make_colour(300, 200);
    int refused = 0;
    for (size_t at = 0; at < NAMES; at++) {
        const char *path = in_folder(folder, names[at]);
        struct stat facts;
        for (int part = 0; part < 4; part++) {
            DIO_Reader *reader = NULL;
            DIO_ImageData *back = NULL;
            OK(DIO_SaveToFile(image, path, 1));
            OK(DIO_ReaderOpenFile(path, NULL, &reader));
            CHECK(stat(path, &facts) == 0);
            CHECK(truncate(path, facts.st_size * part / 4) == 0);
            if (DIO_ReaderReadPage(reader, 0, &back) != DIO_EC_OK) {
                CHECK(back == NULL && strstr(DIO_GetLastErrorMessage(), names[at]) != NULL);
                refused++;
            }
            DIO_FreeImageData(back);
            DIO_FreeReader(reader);
        }
        unlink(path);
    }
    /* PDF is read as a whole when it is opened, others are not. */
    CHECK(refused >= 4 * (NAMES - 2));
    DIO_FreeImageData(image);
}

static void a_link_keeps_its_place(void)
{
    DIO_ImageData *image = make_colour(20, 10), *back = NULL;
    struct stat facts;
    const char *file = in_folder(folder, "real.png"), *link = in_folder(folder, "link.png");
    OK(DIO_SaveToFile(image, file, 0));
    CHECK(symlink("real.png", link) == 0);
    RETURNS(DIO_EC_FILE_ALREADY_EXISTS, DIO_SaveToFile(image, link, 0));
    DIO_FreeImageData(image);
    image = make_colour(30, 10);
    OK(DIO_SaveToFile(image, link, 1));
    CHECK(lstat(link, &facts) == 0 && S_ISLNK(facts.st_mode));
    OK(DIO_ReadFromFile(file, &back));
    CHECK(DIO_ImageDataGetWidth(back) == 30);
    CHECK(count_entries(folder) == 2);
    unlink(link);
    unlink(file);
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
}

static void what_is_no_file_is_not_replaced(void)
{
    DIO_ImageData *image = make_colour(20, 10);
    DIO_SaveOptions png = DIO_SAVE_OPTIONS_INIT;
    png.format = DIO_IFF_PNG;
    RETURNS(DIO_EC_CREATE_FILE_FAILED, DIO_SaveToFileWithOptions(image, "/dev/full", 1, &png));
    RETURNS(DIO_EC_CREATE_FILE_FAILED, DIO_SaveToFileWithOptions(image, folder, 1, &png));
    CHECK(count_entries(folder) == 0);
    DIO_FreeImageData(image);
}

/* Two processes save under one name: whoever looks sees a whole file of one of them. */
static void two_writers_do_not_mix(void)
{
    const char *path = in_folder(folder, "a.png");
    DIO_ImageData *images[2] = { make_colour(200, 100), make_colour(150, 120) };
    pid_t children[2];
    int status = 1, seen[2] = { 0, 0 };
    OK(DIO_SaveToFile(images[0], path, 0));
    for (int child = 0; child < 2; child++) {
        fflush(NULL);
        children[child] = fork();
        CHECK(children[child] >= 0);
        if (children[child] == 0) {
            for (int round = 0; round < 60; round++)
                OK(DIO_SaveToFile(images[child], path, 1));
            _exit(0);
        }
    }
    for (int look = 0; look < 200; look++) {
        DIO_ImageData *back = NULL;
        OK(DIO_ReadFromFile(path, &back));
        seen[DIO_ImageDataGetWidth(back) == 150]++;
        DIO_FreeImageData(back);
    }
    for (int child = 0; child < 2; child++)
        CHECK(waitpid(children[child], &status, 0) == children[child] && status == 0);
    CHECK(seen[0] + seen[1] == 200 && count_entries(folder) == 1);
    unlink(path);
    DIO_FreeImageData(images[0]);
    DIO_FreeImageData(images[1]);
}

static volatile sig_atomic_t interruptions;

static void interrupt(int number)
{
    (void)number;
    interruptions++;
}

/* A pipe whose reads are interrupted again and again, and end early most of the time. */
static void interrupted_reads_go_on(void)
{
    const char *pipe_path = in_folder(folder, "pipe");
    DIO_ImageData *image = make_colour(300, 200), *back = NULL;
    struct sigaction action, old;
    struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
    uint8_t *bytes = NULL;
    size_t size = 0;
    int status = 1;
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, &size));
    CHECK(mkfifo(pipe_path, 0600) == 0);
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        FILE *pipe = fopen(pipe_path, "wb");
        CHECK(pipe != NULL);
        for (size_t at = 0; at < size; at += 7000) {
            struct timespec nap = { 0, 3000000 };
            CHECK(fwrite(bytes + at, 1, size - at < 7000 ? size - at : 7000, pipe) > 0 && fflush(pipe) == 0);
            nanosleep(&nap, NULL);
        }
        fclose(pipe);
        _exit(0);
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = interrupt; /* without SA_RESTART */
    CHECK(sigaction(SIGALRM, &action, &old) == 0);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    DIO_ErrorCode code = DIO_ReadFromFile(pipe_path, &back);
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(sigaction(SIGALRM, &old, NULL) == 0);
    RETURNS(DIO_EC_OK, code);
    CHECK(DIO_ImageDataGetWidth(back) == 300 && DIO_ImageDataGetHeight(back) == 200);
    CHECK(interruptions > 0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    unlink(pipe_path);
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
    DIO_FreeBytes(bytes);
}

int main(void)
{
    folder = new_folder();
    a_file_that_shrinks_is_an_error();
    a_link_keeps_its_place();
    what_is_no_file_is_not_replaced();
    two_writers_do_not_mix();
    interrupted_reads_go_on();
    remove_folder(folder);
    return EXIT_SUCCESS;
}
