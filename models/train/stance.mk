# The stance models: the cross-encoder in two stages, and the hashed baseline on the same pairs.
STANCE := $(WORK)/stance

.PHONY: stance stance-eval stance-linear
stance: check-args
	$(PYTHON) -u stance_train.py --stage first --epochs 2 --rate 1e-4 --base $(BASE) --data $(DATA) --work $(STANCE)
	$(PYTHON) -u stance_train.py --stage second --name pass1 --seed 1 --epochs 2 --rate 8e-5 --base $(BASE) --data $(DATA) --work $(STANCE)
	$(PYTHON) -u stance_train.py --stage second --name second --seed 2 --epochs 1 --rate 6e-5 --start $(STANCE)/stance-pass1.pt --base $(BASE) --data $(DATA) --work $(STANCE)
	$(PYTHON) stance_eval.py export --base $(BASE) --data $(DATA) --work $(STANCE) --out $(MODELS)/stance-minilm-l6
	$(PYTHON) golden.py $(MODELS)/stance-minilm-l6 $(GOLDEN)/stance-minilm-l6.json

stance-eval: check-args
	$(PYTHON) stance_eval.py score $(MODELS)/stance-minilm-l6 --base $(BASE) --data $(DATA) --seeds ../../seeds

stance-linear: check-args
	$(PYTHON) stance_linear.py --base $(BASE) --data $(DATA) --out $(MODELS)/stance-linear
