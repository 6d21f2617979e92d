#!/bin/sh
# Refused: which is not one of its images
set -e
kubectl -n taskmaster set image deployment/backend backend=nginx
