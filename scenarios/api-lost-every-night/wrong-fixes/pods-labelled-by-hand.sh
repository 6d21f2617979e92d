#!/bin/sh
# Refused: with a fresh pod of each tier
set -e
kubectl -n taskmaster label pods -l app=backend {{label}}={{value}}
