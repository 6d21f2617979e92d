#!/bin/sh
# Refused: Deployment/backend was deleted
set -e
kubectl -n taskmaster delete deployment backend
