#!/bin/sh
# Refused: is far above the healthy 512Mi
set -e
kubectl -n taskmaster set resources deployment backend --requests=cpu=200m,memory=256Mi --limits=cpu=500m,memory=8Gi
