#!/bin/sh
# Accepted: sensible sizes, written in another way.
set -e
kubectl -n taskmaster set resources deployment backend --requests=cpu=0.2,memory=268435456 --limits=cpu=0.5,memory=600M
kubectl -n taskmaster rollout status deployment backend --timeout=120s
