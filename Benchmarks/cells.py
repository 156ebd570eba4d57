"""The screen of a terminal, as far as ncurses writes to one that TERM calls xterm-256color."""

import re

TOKEN = re.compile(
    r"\x1b\[(?P<lead>[?>]?)(?P<numbers>[0-9;]*)(?P<middle>[ !]?)(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()].|\x1b(?P<escape>.)|(?P<plain>[\s\S])"
)
BLANK = (" ", "")


class Screen:
    """Cells are pairs of a character and the look it was written in."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[BLANK] * columns for _ in range(rows)]
        self.x = self.y = 0
        self.look = ""
        self.last = " "
        self.margins = (0, rows - 1)
        self.rest = b""

    def feed(self, data):
        data = self.rest + data
        # What a read cut in two waits for its other half.
        cut = max(data.rfind(b"\x1b"), len(data) - 4)
        tail = data[cut:] if cut >= 0 and len(data) - cut < 32 else b""
        try:
            text = data.decode()
            incomplete = tail.startswith(b"\x1b") and not TOKEN.fullmatch(tail.decode())
        except UnicodeDecodeError:
            text, incomplete = data.decode(errors="ignore"), False
        if incomplete and re.fullmatch(rb"\x1b(\[[?>]?[0-9;]*)?", tail):
            text, self.rest = data[:cut].decode(errors="ignore"), tail
        else:
            self.rest = b""
        for token in TOKEN.finditer(text):
            if token["final"]:
                self.control(token)
            elif token["escape"] == "M":
                self.y = max(0, self.y - 1)
            elif token["plain"]:
                self.plain(token["plain"])

    def plain(self, character):
        if character == "\r":
            self.x = 0
        elif character == "\n":
            self.line_feed()
        elif character == "\b":
            self.x = max(0, self.x - 1)
        elif character >= " ":
            if self.x >= self.columns:
                self.x = 0
                self.line_feed()
            self.cells[self.y][self.x] = (character, self.look)
            self.x += 1
            self.last = character

    def line_feed(self):
        if self.y == self.margins[1]:
            self.scroll(1)
        else:
            self.y = min(self.y + 1, self.rows - 1)

    def scroll(self, count):
        top, bottom = self.margins
        blank = [[BLANK] * self.columns for _ in range(abs(count))]
        part = self.cells[top : bottom + 1]
        part = part[count:] + blank if count > 0 else blank + part[:count]
        self.cells[top : bottom + 1] = part

    def control(self, token):
        numbers = [int(n) if n else 0 for n in token["numbers"].split(";")]
        one = max(1, numbers[0])
        row = self.cells[self.y]
        final = token["final"]
        blank = (" ", self.look)
        if token["lead"] or token["middle"]:
            return
        if final == "m":
            self.look = "" if numbers == [0] else self.look + ";" + token["numbers"]
        elif final == "H":
            self.y = min(one, self.rows) - 1
            self.x = min(max(1, numbers[1] if len(numbers) > 1 else 1), self.columns) - 1
        elif final == "d":
            self.y = min(one, self.rows) - 1
        elif final == "G":
            self.x = min(one, self.columns) - 1
        elif final in "ABCD":
            self.x += {"C": one, "D": -one}.get(final, 0)
            self.y += {"B": one, "A": -one}.get(final, 0)
            self.x = min(max(0, self.x), self.columns - 1)
            self.y = min(max(0, self.y), self.rows - 1)
        elif final == "K":
            first, end = [(self.x, self.columns), (0, self.x + 1), (0, self.columns)][numbers[0]]
            row[first:end] = [blank] * (end - first)
        elif final == "J":
            row[self.x :] = [blank] * (self.columns - self.x)
            for y in range(0 if numbers[0] == 2 else self.y + 1, self.rows):
                self.cells[y] = [blank] * self.columns
        elif final == "X":
            end = min(self.columns, self.x + one)
            row[self.x : end] = [blank] * (end - self.x)
        elif final == "b":
            for _ in range(one):
                self.plain(self.last)
        elif final == "P":
            self.cells[self.y] = (row[: self.x] + row[self.x + one :] + [blank] * one)[
                : self.columns]
        elif final == "@":
            self.cells[self.y] = (row[: self.x] + [blank] * one + row[self.x :])[: self.columns]
        elif final == "r":
            top, bottom = (numbers + [0])[:2]
            self.margins = (max(1, top) - 1, (bottom or self.rows) - 1)
            self.x = self.y = 0
        elif final in "ST":
            self.scroll(one if final == "S" else -one)
        elif final in "LM":
            keep, self.margins = self.margins, (self.y, self.margins[1])
            self.scroll(one if final == "M" else -one)
            self.margins = keep

    def row(self, y):
        return "".join(character for character, _ in self.cells[y])

    def copy(self):
        return [list(row) for row in self.cells]
