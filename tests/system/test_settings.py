import os

import pytest

from portal.config import BadSettings, load

GOOD = {
    "GOODWORD_BASE_URL": "https://customers.acme.example/",
    "GOODWORD_SECRET_KEY": "s" * 40,
    "GOODWORD_LINK_KEYS": "a" * 40 + "," + "b" * 40,
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("GOODWORD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GOODWORD_ENV_FILE", str(tmp_path / "none"))

    def environment(**values):
        for name, value in (GOOD | values).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return environment


def test_good_settings_are_taken_as_they_are(environment):
    environment()
    config = load()
    assert config.base_url == "https://customers.acme.example"
    assert [len(key.get_secret_value()) for key in config.link_keys] == [40, 40]
    assert config.https


def test_all_faults_are_listed_at_once(environment):
    environment(
        GOODWORD_BASE_URL="ftp://x",
        GOODWORD_SECRET_KEY="short",
        GOODWORD_LINK_KEYS=None,
        GOODWORD_SMTP_PORT="99999",
        GOODWORD_BRAND_COLOUR="red",
    )
    with pytest.raises(BadSettings) as refused:
        load()
    for name in ("BASE_URL", "SECRET_KEY", "LINK_KEYS", "SMTP_PORT", "BRAND_COLOUR"):
        assert f"GOODWORD_{name}:" in str(refused.value)
    assert "short" not in str(refused.value)


def test_a_secret_may_stand_in_a_file(environment, tmp_path):
    (tmp_path / "key").write_text("f" * 50 + "\n")
    (tmp_path / "links").write_text("g" * 50)
    environment(
        GOODWORD_SECRET_KEY=None,
        GOODWORD_SECRET_KEY_FILE=str(tmp_path / "key"),
        GOODWORD_LINK_KEYS=None,
        GOODWORD_LINK_KEYS_FILE=str(tmp_path / "links"),
    )
    config = load()
    assert config.secret_key.get_secret_value() == "f" * 50
    assert config.link_keys[0].get_secret_value() == "g" * 50


def test_a_missing_secret_file_is_named(environment, tmp_path):
    environment(GOODWORD_SECRET_KEY=None, GOODWORD_SECRET_KEY_FILE=str(tmp_path / "nowhere"))
    with pytest.raises(BadSettings, match="nowhere"):
        load()


def test_the_settings_file_yields_to_the_environment(environment, tmp_path, monkeypatch):
    file = tmp_path / "env"
    file.write_text("GOODWORD_BRAND_NAME=From the file\nGOODWORD_BRAND_TAGLINE='Quoted'\n")
    environment(GOODWORD_ENV_FILE=str(file), GOODWORD_BRAND_NAME="From the environment")
    monkeypatch.delenv("GOODWORD_BRAND_TAGLINE", raising=False)
    config = load()
    assert (config.brand_name, config.brand_tagline) == ("From the environment", "Quoted")
    monkeypatch.delenv("GOODWORD_BRAND_TAGLINE")
