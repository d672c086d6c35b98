# More threads and more steps: minutes, not seconds.
model-long: deps all
	SHIM_MODEL_LONG=1 SHIM_MODEL_MB=6000 /usr/bin/python3 -m pytest -v -p no:cacheprovider -n 2 --timeout 3600 tests/model

.PHONY: model-long
