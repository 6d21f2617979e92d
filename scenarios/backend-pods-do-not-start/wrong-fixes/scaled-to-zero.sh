#!/bin/sh
# Refused: Deployment/backend was scaled to zero
set -e
kubectl -n taskmaster scale deployment backend --replicas=0
