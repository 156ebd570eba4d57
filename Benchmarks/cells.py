"""The screen of a terminal, as far as ncurses writes to one that TERM calls xterm-256color."""

import re

TOKEN = re.compile(
    r"\x1b\[(?P<lead>[?>]?)(?P<numbers>[0-9;]*)(?P<middle>[ !]?)(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()].|\x1b(?P<escape>.)|(?P<plain>[\s\S])"
)
BLANK = (" ", "")
# What each number of SGR changes; 0 takes all back, and so does nothing.
PARTS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 7: "reverse"}
OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 25: ("blink",), 27: ("reverse",)}


def look_after(look, numbers):
    """The look that SGR makes of another: what is on, in one order whatever way it came."""
    parts = dict(part.split("=") for part in look.split()) if look else {}
    numbers = list(numbers)
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            parts = {}
        elif number in PARTS:
            parts[PARTS[number]] = "1"
        elif number in OFF:
            for part in OFF[number]:
                parts.pop(part, None)
        elif number in (38, 48):
            count = 2 if numbers[:1] == [5] else 4
            parts["ink" if number == 38 else "ground"] = ";".join(map(str, numbers[:count]))
            del numbers[:count]
        elif number in (39, 49):
            parts.pop("ink" if number == 39 else "ground", None)
        elif number in range(30, 38) or number in range(90, 98):
            parts["ink"] = f"5;{number % 10 + (8 if number >= 90 else 0)}"
        elif number in range(40, 48) or number in range(100, 108):
            parts["ground"] = f"5;{number % 10 + (8 if number >= 100 else 0)}"
    return " ".join(f"{part}={value}" for part, value in sorted(parts.items()))


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
            self.cells[self.y][self.x] = (character, self.visible_look(character))
            self.x += 1
            self.last = character

    def visible_look(self, character):
        """A blank shows its ground alone, and what covers all of a cell."""
        if character != " " or "reverse" in self.look:
            return self.look
        parts = self.look.split()
        return " ".join(p for p in parts if p.startswith(("ground", "underline")))

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
        blank = (" ", self.visible_look(" "))
        if token["lead"] or token["middle"]:
            return
        if final == "m":
            self.look = look_after(self.look, numbers)
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
