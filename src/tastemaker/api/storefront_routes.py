"""The routes for people, added to the application."""

from fastapi import FastAPI

from tastemaker.api import (
    account_pictures,
    accounts,
    carry,
    experiments,
    me,
    opened,
    operate,
    own_slates,
    pictures,
    reviews,
    search,
    sessions,
    site,
    taste,
)


def install_storefront(app: FastAPI) -> None:
    """To be called before the route of single items is there: an item's id may hold slashes."""
    for part in (
        accounts,
        account_pictures,
        sessions,
        me,
        opened,
        own_slates,
        taste,
        carry,
        reviews,
        search,
        pictures,
        site,
        operate,
        experiments,
    ):
        app.include_router(part.router)
