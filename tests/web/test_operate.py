"""The operators' page."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.flow.server import run
from tests.web.visitor import become_member, row


def test_an_operator_sees_the_model_and_any_users_slate_stage_by_stage(
    page: Page, home: Path
) -> None:
    name = become_member(page)
    page.goto("/operate")
    expect(page.get_by_text("Only operators may see this page")).to_be_visible()
    assert run("admin", name, "--home", home, cwd=home.parent).returncode == 0
    page.reload()
    expect(page.get_by_role("region", name="Models on the disk")).to_contain_text("in service")
    page.get_by_label("User id").fill("42")
    page.get_by_role("button", name="Show").click()
    candidates = page.get_by_role("region", name="Candidates by model")
    expect(candidates.get_by_role("columnheader", name="transitions")).to_be_visible()
    expect(candidates.get_by_role("row").nth(1)).to_contain_text("#1")
    expect(row(page, "The slate").get_by_role("link").first).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
