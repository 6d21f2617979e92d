#!/bin/sh
# Accepted: within a sensible band.
set -e
kubectl -n taskmaster set resources deployment backend --requests=cpu=0.3,memory=256Mi --limits=cpu=0.8,memory=512Mi
kubectl -n taskmaster rollout status deployment backend --timeout=120s
