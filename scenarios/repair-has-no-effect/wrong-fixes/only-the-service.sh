#!/bin/sh
# Refused: spec.paused is true
# Earns: 25
set -e
kubectl -n taskmaster patch service backend-svc --type=merge -p '{"spec":{"selector":{"app":"backend"}}}'
