"""The detect API and the staff web page: one small server. `docs/service.md` is its contract."""
