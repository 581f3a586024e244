#include <dio.hpp>

#include <vector>

/* Succeeds when an installed dio.hpp is found and does its work with the library beside it. */
int main()
{
    const std::vector<unsigned char> pixels = { 10, 20, 30, 40, 50, 60 };
    const dio::Image image = dio::Image::copy(pixels, dio::PixelLayout(3, 2, DIO_IPF_GRAYSCALED));
    const dio::Image back = dio::Image::read_memory(image.save_memory(DIO_IFF_PNG));
    try {
        dio::Image::read_file("no-such-file.png");
    } catch (const dio::Error &error) {
        return error.code() == DIO_EC_FILE_NOT_FOUND && back.row(1)[2] == 60 ? 0 : 1;
    }
    return 1;
}
