from dltutor.learning.checks import equal, raises

NAME = "read_header(data)"


def data(text):
    return bytes.fromhex(text)


def check_pictures(work):
    """the header of MNIST's test pictures || MNIST 测试图片的文件头"""
    head = data("00000803 00002710 0000001c 0000001c")
    equal(work.read_header(head), (10000, 28, 28), NAME, {"data": head.hex(" ", 4)})


def check_labels(work):
    """a file with one axis || 只有一个轴的文件"""
    head = data("00000801 0000ea60")
    equal(work.read_header(head), (60000,), NAME, {"data": head.hex(" ", 4)})


def check_four_bytes(work):
    """all four bytes of a length count || 长度的四个字节都要用上"""
    head = data("00000802 01020304 00010000")
    equal(work.read_header(head), (16909060, 65536), NAME, {"data": head.hex(" ", 4)})


def check_values_behind(work):
    """what follows the header does not matter || 文件头后面的内容不影响结果"""
    head = data("00000802 00000002 00000003 ffeeddccbbaa")
    equal(work.read_header(head), (2, 3), NAME, {"data": head.hex(" ", 4)})


def check_wrong_start(work):
    """a file of another kind is refused || 别的文件会被拒绝"""
    for head in ("1f8b0808 00000000", "00000d01 00000005", "00010801 00000005", "00000800 00000005"):
        raises(ValueError, work.read_header, data(head), name=NAME, when={"data": head})


def check_cut_off(work):
    """a header that is cut off is refused || 被截断的文件头会被拒绝"""
    whole = data("00000803 00002710 0000001c 0000001c")
    for length in (0, 3, 4, 7, 8, 15):
        raises(ValueError, work.read_header, whole[:length], name=NAME,
               when=f"the first {length} bytes of a header of 16 || 16 字节的文件头只有前 {length} 个字节")
