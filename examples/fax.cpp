/* fax OUT.tif FILE...: joins all pages of images and documents into one black and white TIFF, G4, upright. */
#include <dio.hpp>

#include <cstdio>

static std::size_t add_pages(dio::Writer &fax, const char *path)
{
    dio::ReadOptions read;
    read.orientation = DIO_ORIENTATION_APPLY;
    read.dpi = 200;
    dio::Reader reader = dio::Reader::open_file(path, read);
    const std::size_t pages = reader.page_count();
    for (std::size_t page = 0; page < pages; page++) {
        const dio::Image image = reader.read_page(page);
        for (const std::string &warning : image.warnings())
            std::fprintf(stderr, "fax: %s: page %zu: %s\n", path, page + 1, warning.c_str());
        fax.add_page(image);
    }
    return pages;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::fprintf(stderr, "usage: fax OUT.tif FILE...\n");
        return 2;
    }
    try {
        dio::BinarizeOptions sauvola;
        sauvola.method = DIO_BINARIZE_SAUVOLA;
        dio::SaveOptions save(DIO_IFF_TIFF);
        save.compression = DIO_COMPRESSION_G4;
        save.binarize = &sauvola;
        /* Whatever fails, no file is left behind. */
        dio::Writer fax = dio::Writer::open_file(argv[1], true, save);
        std::size_t pages = 0;
        for (int at = 2; at < argc; at++)
            pages += add_pages(fax, argv[at]);
        fax.finish();
        std::printf("%s: %zu pages\n", argv[1], pages);
    } catch (const dio::Error &error) {
        std::fprintf(stderr, "fax: %s\n", error.what());
        return 1;
    }
    return 0;
}
