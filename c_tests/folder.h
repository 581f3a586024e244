#ifndef DIO_FOLDER_H
#define DIO_FOLDER_H

/* A folder that a test has for itself. Include first: it asks for POSIX. */

#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static inline const char *new_folder(void)
{
    static char folder[] = "dio-test-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    return folder;
}

/* Entries of a folder, hidden ones too. */
static inline int count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count++;
    closedir(dir);
    return count - 2;
}

static inline void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0)
            rmdir(path);
    }
    closedir(dir);
    rmdir(folder);
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(bytes, 1, size, file) == size);
    CHECK(fclose(file) == 0);
}

static inline size_t read_file(const char *path, void *bytes, size_t most)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t size = fread(bytes, 1, most, file);
    fclose(file);
    return size;
}

#endif
