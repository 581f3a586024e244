/* PDF pages while memory runs out: the engine ends the process in places, which is counted, but a page that is read is whole. What
   drawing takes is guessed and asked for before, so that a process short of memory gets a code. */
#include "trials.h"

#include <sys/resource.h>

typedef struct {
    const char *path;
    DIO_ReadOptions options;
    DIO_ImageData *whole;
} page;

/* What could not be had may be done without where it makes no difference. */
static DIO_ErrorCode read_whole(const void *argument)
{
    const page *it = argument;
    DIO_ImageData *image = no_image;
    DIO_ErrorCode code = DIO_ReadFromFileWithOptions(it->path, &it->options, &image);
    if (code == DIO_EC_OK)
        CHECK(same_pixels(image, it->whole));
    return took(code, image);
}

#if !defined(__SANITIZE_ADDRESS__)
static int all_refused;

/* Reads in processes that may have ever more memory: none dies. */
static void with_little_memory(const char *name, const page *it)
{
    int read = 0, refused = 0;
    for (rlim_t more = 4; more < 1000 && read < 3; more += 4) {
        int status = 1;
        fflush(NULL);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            struct rlimit limit;
            long pages = 0;
            FILE *statm = fopen("/proc/self/statm", "r");
            CHECK(statm != NULL && fscanf(statm, "%ld", &pages) == 1);
            fclose(statm);
            CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
            limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + (more << 20);
            CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
            DIO_ErrorCode code = read_whole(it);
            if (code != DIO_EC_OK)
                RETURNS(DIO_EC_NO_MEMORY, code);
            _exit(code == DIO_EC_OK ? 0 : 10);
        }
        CHECK(waitpid(child, &status, 0) == child);
        if (WIFSIGNALED(status)) {
            fprintf(stderr, "%s: died with %ld MiB more than none\n", name, (long)more);
            failures++;
        }
        read += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        refused += WIFEXITED(status) && WEXITSTATUS(status) == 10;
    }
    printf("%s: %d refused, %d read\n", name, refused, read);
    CHECK(read == 3);
    all_refused += refused;
}
#endif

/* A page of one content stream. */
static void write_page(const char *path, const char *resources, const char *content)
{
    static char file[1 << 20];
    int size = snprintf(file, sizeof file,
                        "%%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
                        "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
                        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R/Resources<<%s>>>>\nendobj\n"
                        "4 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n",
                        resources, strlen(content), content);
    CHECK(size > 0 && (size_t)size < sizeof file);
    write_file(path, file, (size_t)size);
}

/* The same words many times. */
static const char *many(const char *words, int times)
{
    static char text[600000];
    size_t len = strlen(words);
    CHECK(len * (size_t)times < sizeof text);
    for (int time = 0; time < times; time++)
        memcpy(text + len * (size_t)time, words, len);
    text[len * (size_t)times] = '\0';
    return text;
}

static void try_page(const char *name, const char *path, int32_t mode)
{
    page it = { path, DIO_READ_OPTIONS_INIT, NULL };
    it.options.dpi = 200;
    it.options.pdf_mode = mode;
    OK(DIO_ReadFromFileWithOptions(path, &it.options, &it.whole));
    trial(name, read_whole, &it);
#if !defined(__SANITIZE_ADDRESS__)
    with_little_memory(name, &it);
#endif
    DIO_FreeImageData(it.whole);
}

static void all(const char *data)
{
    const char *path = in_folder(folder, "a.pdf");
    DIO_ImageData *image = make_colour(700, 500);
    try_page("read PDF, the sample", in_folder(data, "pages.pdf"), DIO_PDF_AUTO);
    OK(DIO_SaveToFile(image, path, 1));
    try_page("read PDF, a scan", path, DIO_PDF_AUTO);
    try_page("read PDF, a scan that is drawn", path, DIO_PDF_RENDER);
    DIO_FreeImageData(image);
    write_page(path, "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>",
               many("BT /F 30 Tf 1 0.1 -0.1 1 30 200 Tm (All words of a page) Tj ET ", 100));
    try_page("read PDF, words", path, DIO_PDF_AUTO);
    write_page(path, "", many("0 0 m 400 300 0 300 400 0 c S 1 0 0 rg 10 10 m 300 390 l 390 20 l f ", 40));
    try_page("read PDF, curves", path, DIO_PDF_AUTO);
    write_page(path, "", "[0.01] 0 d 0.01 w 0 0 m 400 400 l S");
    try_page("read PDF, dashes", path, DIO_PDF_AUTO);
    write_page(path, "/ExtGState<</G<</BM/Multiply/ca 0.5>>>>", many("/G gs 0.9 0.9 0.5 rg 20 20 300 300 re f ", 40));
    try_page("read PDF, layers", path, DIO_PDF_AUTO);
    write_page(path, "/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 400 400]"
                     "/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>/Extend[true true]>>>>",
               "/S sh");
    try_page("read PDF, a shading", path, DIO_PDF_AUTO);
#if !defined(__SANITIZE_ADDRESS__)
    CHECK(all_refused > 15);
#endif
    unlink(path);
}

int main(int argc, char **argv)
{
    return try_all(all, data_folder(argc, argv));
}
