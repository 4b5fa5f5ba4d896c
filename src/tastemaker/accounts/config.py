"""How accounts are kept."""

from pydantic import BaseModel, Field

from tastemaker.accounts.passwords import MIN_PASSWORD_LENGTH


class AccountsConfig(BaseModel, frozen=True, extra="forbid"):
    registration_open: bool = True  # whether visitors may make accounts
    min_password_length: int = Field(default=8, ge=MIN_PASSWORD_LENGTH, le=128)  # characters
    sign_in_days: int = Field(default=30, ge=1, le=365)  # after it the password is asked again
    max_accounts_a_device: int = Field(default=8, ge=1, le=50)  # signed in at the same time
    max_review_characters: int = Field(default=10_000, ge=100, le=100_000)  # longer is refused
    max_picture_bytes: int = Field(default=4 * 2**20, ge=1_024)  # as sent; kept are some 10 KB
    max_import_rows: int = Field(default=100_000, ge=1)  # of one file
    failure_window_s: int = Field(default=900, ge=1)  # failed sign-ins count for so long
    max_failures: int = Field(default=10, ge=1)  # of one name from one address
    max_failures_an_address: int = Field(default=100, ge=1)  # whatever the name
    max_registrations_an_address: int = Field(default=50, ge=1)  # within the same time
