"""The page in a browser: nothing but itself is loaded, it fits, it can be read, and it shows what it says."""

import pytest

from .chromium import Chromium, pixels, program
from .logs import closed, ended, line, nested, note, poisoned, refused, report_of, resumed, run, torn

HOSTILE = '</title></style><script>alert(1)</script><img src=x onerror=alert(1)>"\'&\u202e\x00'

LINES = [
    note("guarding, policy resume, rules in order: port:6379=redis"),
    torn(0, message=1204), poisoned(3000, ago=3000, message=1204), refused(3500, ago=3500, number=1, message=1204),
    refused(9000, ago=9000, number=2, message=1204),
    poisoned(0, pid=2, comm="worker", audit=True, type="unix", peer="/run/postgresql/.s.PGSQL.5432", local=None, framing="postgres"),
    nested(0, pid=3), closed(40, ago=40, pid=4, comm="gateway", peer="192.0.2.4:51234", local="10.0.0.3:8080"),
    line("desync", pid=5, framing="tls", bytes="474554202f20485454502f312e310d0a"), line("off", pid=6, reason=HOSTILE),
    poisoned(7, pid=7, comm=HOSTILE, peer=HOSTILE, local=HOSTILE, type="unix", framing=HOSTILE, cut="error", errno=HOSTILE,
             verdict=HOSTILE),
    *(make(at * 50, pid=8, comm="a-program-with-a-very-long-name", message=at + 1, cut="would-block", ago_ms=0)
      for at in range(30) for make in (torn, resumed)),
    ended(9999, pid=8, comm="a-program-with-a-very-long-name", message=44),
    *(make(at * 50, pid=11, comm="bulk", message=at + 1, cut="would-block", ago_ms=0)
      for at in range(30) for make in (torn, resumed)),
    torn(9999, pid=11, comm="bulk", message=44), poisoned(10_000, pid=11, comm="bulk", message=44),
    poisoned(0, pid=9, comm="jobs.rb", framing="call", cut="cancelled", verdict="no-return", sent_exact=False),
    poisoned(0, pid=10, comm="p", peer="/a" * 140, type="unix", local=None),
    note(HOSTILE, "warn"), '{"time":"2026-11-2',
]
SENTENCE = ("Message 1204 (redis) of 1.00 MB was cut by a timeout at 400 kB; 3 s later a write of 14 B that is not the rest was "
            "refused on the same connection.")
WIDTHS = [360, 1280]
SCHEMES = [False, True]


@pytest.fixture(name="browser", scope="module")
def fixture_browser(tmp_path_factory):
    if not program():
        pytest.fail("chromium is not installed: scripts/install-deps chromium")
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(name="page", scope="module")
def fixture_page(tmp_path_factory):
    log = tmp_path_factory.mktemp("page") / ("alogwithalongname" * 9)
    log.write_text("\n".join(LINES), encoding="utf-8")
    path = log.with_name("report.html")
    path.write_text(run(log)[0], encoding="utf-8")
    return path


def test_the_browser_would_tell(browser, tmp_path):
    """What the next test does not want to see can be seen."""
    (tmp_path / "bad.html").write_text('<script>console.log("said")</script><img src="other.png">')
    browser.load(tmp_path / "bad.html")
    assert len(browser.requests()) == 2
    assert browser.complaints()


@pytest.mark.parametrize("script", [True, False])
def test_nothing_else_is_loaded_and_nothing_complained_about(browser, page, script):
    browser.load(page, script=script)
    assert browser.requests() == [f"file://{page}"]
    assert browser.complaints() == []


def test_the_sentences_are_there(browser, page):
    browser.load(page)
    text = browser.tell("document.body.innerText").replace("\u00a0", " ")
    assert SENTENCE in text
    assert "1 line is torn" in text
    assert "</title></style><script>alert(1)</script>" in text


def test_what_a_log_says_is_never_markup(browser, page):
    browser.load(page)
    assert browser.tell("document.querySelectorAll('script, img, body style, iframe, [onerror]').length") == 0
    assert browser.tell("document.querySelectorAll('title').length - document.querySelectorAll('svg title').length") == 1
    assert "\u202e" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_not_wider_than_the_screen(browser, page, width):
    browser.load(page, width=width)
    browser.tell("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.tell("document.documentElement.scrollWidth") <= width
    assert browser.tell("""[...document.querySelectorAll('body *')].filter(one => !one.closest('svg, .scroll, thead') &&
        one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML.slice(0, 80))""") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_of_a_picture_do_not_cover_each_other(browser, page, width):
    browser.load(page, width=width)
    assert browser.tell("""[...document.querySelectorAll('svg.line')].flatMap(svg => {
        const boxes = [...svg.querySelectorAll('text')].map(one => [one.textContent, one.getBoundingClientRect()]);
        return boxes.flatMap(([a, p], at) => boxes.slice(at + 1).filter(([b, q]) => p.left < q.right - 1 && q.left < p.right - 1 &&
            p.top < q.bottom - 4 && q.top < p.bottom - 4).map(([b]) => a + ' | ' + b)); })""") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_of_a_picture_are_inside_it(browser, page, width):
    browser.load(page, width=width)
    assert browser.tell("""[...document.querySelectorAll('svg.line')].flatMap(svg => {
        const edge = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter(one => { const box = one.getBoundingClientRect();
            return box.left < edge.left - 6 || box.right > edge.right + 6; }).map(one => one.textContent); })""") == []


def test_a_narrow_screen_shows_the_cut_and_the_refusal(browser, page):
    browser.load(page, width=360)
    assert browser.tell("""[...document.querySelectorAll('.card.refused .scroll:has(.mark.poisoned)')].every(scroll =>
        [...scroll.querySelectorAll('.mark.poisoned path')].every(one => {
            const box = one.getBoundingClientRect(), edge = scroll.getBoundingClientRect();
            return box.left >= edge.left && box.right <= edge.right + 1; }))""")


@pytest.mark.parametrize("dark", SCHEMES)
def test_text_can_be_told_from_its_ground(browser, page, dark):
    """At least 4.5 : 1, as WCAG 2 asks."""
    browser.load(page, dark=dark)
    assert browser.tell("""(() => {
        const numbers = words => words.match(/[\\d.]+/g).map(Number);
        const light = words => { const [r, g, b] = numbers(words).map(one => (one /= 255) <= .04045 ? one / 12.92 :
            ((one + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
        const ground = one => { while (one && (numbers(getComputedStyle(one).backgroundColor)[3] === 0)) one = one.parentElement;
            return getComputedStyle(one || document.body).backgroundColor; };
        return [...document.querySelectorAll('p, li, b, span, td, th, h1, h2, h3, a, summary, footer, text')].filter(one => {
            const style = getComputedStyle(one), ink = one.matches('text') ? style.fill : style.color;
            const [a, b] = [light(ink), light(ground(one))].sort((p, q) => q - p);
            return (a + .05) / (b + .05) < 4.5; }).map(one => one.outerHTML.slice(0, 80)); })()""") == []


def test_every_picture_has_words(browser, page):
    browser.load(page)
    assert browser.tell("""[...document.querySelectorAll('svg.line')].filter(svg => svg.getAttribute('role') !== 'img' ||
        !(document.getElementById(svg.getAttribute('aria-labelledby'))?.textContent.length > 20)).length""") == 0
    assert browser.tell("""[...document.querySelectorAll('body svg')].filter(svg => !svg.closest('[role=img], [aria-hidden=true]'))
        .length""") == 0
    assert browser.tell("(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(one => one.id))") == 0
    assert browser.tell("[...document.querySelectorAll('a[href^=\"#\"]')].every(a => document.querySelector(a.getAttribute('href')))")


def colours(browser, selector):
    """The colours in a picture of an element and how often they are there, the most frequent first."""
    box = browser.tell(f"""(box => ({{x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}}))(
        document.querySelector('{selector}').getBoundingClientRect())""")
    _, _, lines = pixels(browser.screenshot(box))
    counts = {}
    for line_of_pixels in lines:
        for pixel in line_of_pixels:
            counts[pixel] = counts.get(pixel, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", SCHEMES)
def test_the_picture_is_drawn(browser, page, width, dark):
    browser.load(page, width=width, dark=dark, script=False)
    seen = colours(browser, ".card.refused svg.line")
    sent, bad = ((0x3F, 0x94, 0xE0), (0xFF, 0x8A, 0x4C)) if dark else ((0, 0x72, 0xB2), (0xC2, 0x41, 0x0C))
    rest = (0x76, 0x81, 0x8E) if dark else (0x8A, 0x94, 0xA1)
    assert (sum(next(iter(seen))) < 200) == dark
    assert sent in seen and bad in seen
    assert seen[rest] > 300  # the hatched part, not only its edge


def test_the_whole_page_is_drawn_down_to_its_end(browser, page):
    browser.load(page)
    width, height, lines = pixels(browser.whole(0.2))
    assert width == 256 and height > 400
    tenth = height // 10
    for at in range(10):
        assert len({pixel for row in lines[at * tenth:(at + 1) * tenth] for pixel in row}) > 10, f"tenth {at} is blank"


@pytest.mark.parametrize("dark", SCHEMES)
@pytest.mark.parametrize("deficiency", ["protanopia", "deuteranopia", "tritanopia"])
def test_the_colour_blind_can_tell_sent_refused_and_resumed(browser, page, deficiency, dark):
    browser.load(page, dark=dark)
    browser.page("Emulation.setEmulatedVisionDeficiency", type=deficiency)
    ground, *_ = colours(browser, ".legend")
    tones = []
    for place in (1, 4, 5):
        seen = [one for one in colours(browser, f".legend li:nth-child({place}) .key") if distance(one, ground) > 60]
        tones.append(seen[0])
    browser.page("Emulation.setEmulatedVisionDeficiency", type="none")
    whole, went_on, stopped = tones
    assert distance(whole, stopped) > 60 and distance(whole, went_on) > 25 and distance(went_on, stopped) > 60


def distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other)) ** 0.5


def test_on_paper_everything_is_open_and_nothing_is_cut_off(browser, page):
    browser.load(page, width=760, media="print")
    assert browser.tell("[...document.querySelectorAll('details table')].every(one => one.checkVisibility({contentVisibilityAuto: true}) && "
                        "one.getBoundingClientRect().height > 20)")
    assert browser.tell("[...document.querySelectorAll('.scroll')].every(one => one.scrollWidth <= one.clientWidth)")
    assert browser.pdf().startswith(b"%PDF-")


def test_an_empty_page_is_one_too(browser, tmp_path):
    (tmp_path / "empty.html").write_text(report_of(), encoding="utf-8")
    browser.load(tmp_path / "empty.html", width=360)
    assert browser.complaints() == []
    assert "There is no event of a connection in this log." in browser.tell("document.body.innerText")
    assert browser.tell("document.documentElement.scrollWidth") <= 360
