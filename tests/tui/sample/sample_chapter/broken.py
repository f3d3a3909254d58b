raise RuntimeError("this chapter is broken\x1b[31m on purpose")
