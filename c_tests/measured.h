#ifndef DIO_MEASURED_H
#define DIO_MEASURED_H

/* What a read costs in time and memory. Include first. */

#include "folder.h"
#include "support.h"

#include <time.h>

#if defined(__SANITIZE_ADDRESS__)
#define MEASURED 0 /* the sanitizer holds memory of its own */
#else
#define MEASURED 1
#endif

#define MARGIN ((long)16 << 10) /* KiB */

static inline double seconds(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A number of KiB from the status of this process. */
static inline long status(const char *field)
{
    char line[200];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            value = atol(line + strlen(field));
    fclose(file);
    CHECK(value >= 0);
    return value;
}

/* From here on the highest resident set is counted anew. Returns the one of now. */
static inline long from_here(void)
{
    write_file("/proc/self/clear_refs", "5", 1);
    return status("VmRSS:");
}

/* Any failure will do, and a success within the limit; time and memory are what counts. `allowed`: KiB beside the margin. */
static inline void refuse(const char *name, const uint8_t *bytes, size_t size, const DIO_ReadOptions *options, long allowed)
{
    DIO_ImageData *image = NULL;
    long before = from_here();
    double begin = seconds();
    DIO_ErrorCode code = DIO_ReadFromMemoryWithOptions(bytes, size, options, &image);
    double took = seconds() - begin;
    long grown = status("VmHWM:") - before;
    if (getenv("DIO_LONG") != NULL)
        printf("%-20s code %6d  %.3f s  %6ld KiB\n", name, (int)code, took, grown);
    if ((code == DIO_EC_OK && allowed == 0) || took > 2 || (MEASURED && grown > allowed + MARGIN)) {
        fprintf(stderr, "%s: code %d, %.2f s, %ld KiB\n", name, (int)code, took, grown);
        exit(EXIT_FAILURE);
    }
    DIO_FreeImageData(image);
}

#endif
