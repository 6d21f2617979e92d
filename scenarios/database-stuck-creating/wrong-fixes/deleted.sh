#!/bin/sh
# Refused: Deployment/postgres was deleted
set -e
kubectl -n taskmaster delete deployment postgres
