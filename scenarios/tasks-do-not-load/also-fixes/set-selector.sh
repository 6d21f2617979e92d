#!/bin/sh
# Accepted: the imperative way.
set -e
kubectl -n taskmaster set selector service backend-svc app=backend
