#!/bin/sh
# Refused: spec.selector.app is "backend-api"
# Earns: 25
set -e
kubectl -n taskmaster rollout resume deployment backend
