// TextUINcurses
