#!/bin/sh
# Refused: instead of backend-svc
set -e
kubectl -n taskmaster expose deployment backend --name={{name}} --port=5000
