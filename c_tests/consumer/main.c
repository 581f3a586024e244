#include <dio.h>

#include <stdio.h>
#include <string.h>

/* Succeeds when an installed copy is found, compiled against and loaded, and header and library are of one version. */
int main(void)
{
    char expected[32];

    snprintf(expected, sizeof expected, "%d.%d.%d", DIO_VERSION_MAJOR, DIO_VERSION_MINOR, DIO_VERSION_PATCH);
    return strcmp(DIO_GetVersion(), expected) == 0 && DIO_ImageDataGetWidth(NULL) == 0 ? 0 : 1;
}
