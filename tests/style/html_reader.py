"""What a browser would make of a page."""

from collections import Counter
from html.parser import HTMLParser


class Reader(HTMLParser):
    """Collects what a browser would act on, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.count[tag] += 1
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.text += data

    @property
    def tags(self) -> set[str]:
        return set(self.count)
