#!/bin/sh
# Refused: Deployment/frontend was scaled from 2 to 1
set -e
kubectl -n taskmaster scale deployment frontend --replicas=1
