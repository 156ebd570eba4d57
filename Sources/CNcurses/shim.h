#pragma once
// Wide-character functions and cchar_t are declared only under this macro.
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <wchar.h>
// <wchar.h> declares it only under _XOPEN_SOURCE, and a header that is imported as a module must
// not set that: the C library's module is built without it. The parameter's type is wchar_t's.
int wcwidth(wchar_t character);
