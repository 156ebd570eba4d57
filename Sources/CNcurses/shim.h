#pragma once
// Wide-character functions and cchar_t are declared only under this macro.
#define NCURSES_WIDECHAR 1
#include <curses.h>
